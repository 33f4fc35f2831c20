"""credential-validator: proves registrations against Microsoft Entra, keeps secrets."""
