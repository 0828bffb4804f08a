"""The clocks of all tickets: which are late, due next, met and breached."""
