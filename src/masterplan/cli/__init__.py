"""The command line: a client of a running server, or of one started for the call."""
