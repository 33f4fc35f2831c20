"""invitation: owns invitations, their links and the public Invitation wizard."""
