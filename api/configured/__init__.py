"""What is configured - the policy, calendars and definitions - in one shape: versions, texts, comparison, check."""
