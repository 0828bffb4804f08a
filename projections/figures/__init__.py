"""Figures: what each counts, its parts and its value, and how they are computed."""
