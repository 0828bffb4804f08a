"""Erasure: the workflow by which the personal data of one customer is destroyed, and the legal holds that forbid it."""
