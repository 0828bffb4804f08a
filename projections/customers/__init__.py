"""Customers, a row each."""
