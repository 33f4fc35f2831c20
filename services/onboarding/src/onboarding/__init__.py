"""onboarding: owns customers, services, the saga and the console of the operators."""
