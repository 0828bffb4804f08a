"""What is promised, and how the time of a promise is counted."""
