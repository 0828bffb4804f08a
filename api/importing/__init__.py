"""A history kept elsewhere comes into the log: read, translated, recorded, each row as facts or as a rejected line."""
