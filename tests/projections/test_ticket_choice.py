"""Which of the two parts of the list of tickets, open and ended, a choice asks for."""

from collections.abc import Collection

import pytest

from projections.tickets.late_first import TicketChoice


@pytest.mark.parametrize(
    ("is_open", "states", "is_late", "parts"),
    [
        (None, None, None, (True, True)),
        (True, None, None, (True, False)),
        (False, None, None, (False, True)),
        (None, None, True, (True, False)),
        (None, None, False, (True, True)),
        (None, {"received"}, None, (True, False)),
        (None, {"closed"}, None, (False, True)),
        (None, {"received", "closed"}, None, (True, True)),
        (None, {"received", "closed"}, True, (True, False)),
    ],
)
def test_a_choice_reads_open_and_ended_tickets_where_it_can_have_some(
    is_open: bool | None, states: Collection[str] | None, is_late: bool | None, parts: tuple[bool, bool]
) -> None:
    choice = TicketChoice({} if is_open is None else {"open": is_open}, states, is_late=is_late)
    assert (choice.has_open, choice.has_ended) == parts
