"""Assignment: who can take work now, which tickets wait for an agent, and who would get them."""
