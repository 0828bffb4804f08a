"""The simulation of a customer-care desk."""
