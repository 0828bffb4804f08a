"""Processes and tasks that run by themselves: followers, the reactor, the due watch, the assigner, the sender."""
