"""Each peer as its users would run it, in an environment of its own; asked over standard input."""
