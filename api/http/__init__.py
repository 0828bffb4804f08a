"""The HTTP API: the server, its limits, commands, readings and the feed."""
