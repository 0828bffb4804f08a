"""Tickets with long notes, for what is bounded in bytes."""

from tests.support.serving import Served

NOTE = "x" * 6_000


def noted(desk: Served, notes: int) -> None:
    """A ticket with notes of 6,000 bytes."""
    ticket = desk.receive()
    for _ in range(notes):
        assert desk.post(f"{ticket}/add-note", {"body": NOTE}).status_code == 200
