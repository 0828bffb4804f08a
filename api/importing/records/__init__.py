"""The import of customers, purchases, contracts and usage."""
