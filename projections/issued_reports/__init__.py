"""Reports of record: the issued ones, how their figures are computed, and what changed since."""
