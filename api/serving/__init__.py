"""Puts the screen and the API together and serves them."""
