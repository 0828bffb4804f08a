"""Policies and their published versions: which tickets get which targets."""
