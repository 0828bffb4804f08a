"""Contact rules: quiet hours, caps and channel windows that a notification has to keep."""
