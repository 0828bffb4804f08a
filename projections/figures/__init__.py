"""Figures over one row for each ticket: handling time, satisfaction, reopenings."""
