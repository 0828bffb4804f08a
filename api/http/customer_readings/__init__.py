"""Readings of one customer, which the API and the pages answer with."""
