"""Teams and agents: who works when, how much each may hold, and how long a team may hold a ticket."""
