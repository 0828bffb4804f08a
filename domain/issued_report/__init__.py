"""The aggregate issued report: which figures were told, of which period, and at which position of the log."""
