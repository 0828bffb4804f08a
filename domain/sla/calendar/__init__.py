"""Calendars: opening hours, holidays, and time counted on them."""
