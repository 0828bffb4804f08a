"""What the figures of customers are defined by: published definitions, and the rules that need no storage."""
