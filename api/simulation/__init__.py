"""The simulation of a customer-care desk. The same seed gives the same desk."""
