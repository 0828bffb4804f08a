"""One module for each format of file that an import reads."""
