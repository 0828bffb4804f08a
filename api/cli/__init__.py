"""The command line: ``main`` is the table of commands, each in a file of its own."""
