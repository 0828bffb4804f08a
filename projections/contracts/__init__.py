"""Contracts with their terms and milestones."""
