"""The outside of the desk: the command line, the HTTP API, and the database they stand on."""
