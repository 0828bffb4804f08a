"""Procedures: published steps that people and the program go through for one subject."""
