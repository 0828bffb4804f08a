"""Tickets, a row each, and the conversation of one."""
