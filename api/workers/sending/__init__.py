"""The sender: it takes the notifications that are due, judges them on the log, and hands them over."""
