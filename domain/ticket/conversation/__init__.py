"""What was said to the customer and what came of it: promised calls, dates, proposed replies, thanks."""
