"""The aggregate issued report: the figures of a period, and the position of the log that they were read at."""
