"""The load of agents and teams: what they hold, how much work it is, and how much working time is left."""
