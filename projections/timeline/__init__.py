"""Everything about a customer in one order: the events of the customer and of all that is the customer's."""
