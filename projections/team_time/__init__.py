"""Time by team: how long each team held a ticket, and whether that was within its target."""
