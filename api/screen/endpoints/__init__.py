"""The endpoints of the screen that take forms or answer without the table of pages."""
