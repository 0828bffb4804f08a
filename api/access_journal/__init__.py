"""The access journal: who read what, what was refused, and which sign-ins failed; a table of each tenant."""
