"""What reports have in common: periods, filters, groups, and who is left out."""
