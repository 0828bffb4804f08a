"""The work list of an agent or a team: tickets, promised calls, replies to review and tasks, by due time."""
