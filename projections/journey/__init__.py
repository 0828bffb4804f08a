"""The journey of tickets: the states and teams they go through, the ways back, and where they are lost."""
