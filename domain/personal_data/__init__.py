"""Personal data in the log: which fields of events hold it, how they are stored encrypted, and how they read erased."""
