"""What people ask of automation: why a rule fired or not, what it would have done, where it is suspended."""
