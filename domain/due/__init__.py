"""Due functions: when something becomes due by a history, as pure functions with an identity for each instance."""
