"""The command line for erasures and legal holds."""
