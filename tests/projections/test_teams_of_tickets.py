"""The teams of tickets are found without reading every ticket."""

import psycopg

from domain.text_folding import fold_name
from projections.tickets.queries import teams_of_tickets

TICKETS = [
    ("First  line", "First line", True),
    ("First line", None, False),
    ("Net  works", "Net works", False),
    ("Net works", None, False),
    ("retired", None, False),
    (None, None, True),
    (None, None, False),
]
"""A team with its folded key, when that is another text, and whether the ticket is open."""


def test_a_team_without_open_tickets_is_found_too(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("create schema teams")
        connection.execute("create table teams.tickets (team text, folded text[], open boolean)")
        for team, key, is_open in TICKETS:
            connection.execute("insert into teams.tickets values (%s, array[%s::text], %s)", (team, key, is_open))
        teams = teams_of_tickets(connection, "teams")
        connection.rollback()
    assert teams[0] == "First  line"
    assert {fold_name(team) for team in teams} == {"First line", "Net works", "retired"}
    assert len(teams) == 4
