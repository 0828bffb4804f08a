"""Procedures that run or have ended, and their steps."""
