"""The access journal on the command line: its entries, and the removal of old ones."""
