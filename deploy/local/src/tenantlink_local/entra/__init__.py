"""A simulator of Microsoft Entra, of the parts of Graph that we read, and of the operators'
OpenID provider: a real TLS server that the unchanged product is pointed at by settings."""
