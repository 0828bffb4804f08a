"""Search: customers by name, address and reference, tickets by the words of their subject."""
