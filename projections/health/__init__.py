"""The health of customers and the members of segments, computed from the log at any instant."""
