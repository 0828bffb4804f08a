"""The health of a customer: a score from facts by a published definition, with its explanation."""
