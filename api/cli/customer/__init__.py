"""The command line for customers."""
