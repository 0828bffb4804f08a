"""What becomes of each row of a ticket, given what the log holds of that ticket already: pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from api.importing.places import places
from api.importing.plan import Party, Plan, Unfit
from api.importing.rows import Row
from api.importing.translate import Fact, History

CHANGED = "differs from the row of this ticket that is recorded in its place; what is recorded is not overwritten"


class Line(NamedTuple):
    """``facts`` are to be recorded: those of a new or late row, none of any other.

    ``held``: waits for a row of its ticket that cannot be read. ``unknown_state``: of a row that can be read, a state
    that the mapping does not name.
    """

    ticket: str
    row: Row
    fingerprint: str
    place: Literal["known", "new", "late", "held", "rejected"]
    reason: str = ""
    party: Party | None = None
    facts: Sequence[Fact] = ()
    back_in_time: bool = False
    unknown_state: str | None = None


def tell(
    plan: Plan, ticket: str, rows: Sequence[Row], fingerprints: Sequence[str], recorded: Sequence[str]
) -> list[Line]:
    """One line for each row. ``recorded``: the fingerprints that the log holds of the ticket, in their order.

    When one of the rows cannot be read, those that are not recorded yet are held back.
    """
    history = History(plan, ticket)
    lines = []
    unreadable: list[int] = []
    sound = [fingerprint for row, fingerprint in zip(rows, fingerprints, strict=True) if row.flaw is None]
    places_of_sound = iter(places(sound, recorded))
    for row, fingerprint in zip(rows, fingerprints, strict=True):
        if row.flaw is not None:
            lines.append(Line(ticket, row, fingerprint, "rejected", row.flaw))
            unreadable.append(row.line)
            continue
        place = next(places_of_sound)
        before = history.last
        try:
            values = plan.values(row.cells)
            party = history.party(values)
            facts = history.note(values) if place == "late" else history.take(values)
        except Unfit as unfit:
            lines.append(Line(ticket, row, fingerprint, "rejected", str(unfit)))
            unreadable.append(row.line)
            continue
        if place == "changed":
            lines.append(Line(ticket, row, fingerprint, "rejected", CHANGED))
            continue
        back = before is not None and facts[-1].at < before
        line = Line(ticket, row, fingerprint, place, back_in_time=back, unknown_state=plan.unknown_state(values))
        lines.append(line if place == "known" else line._replace(party=party, facts=facts))
    return [_held_back(line, min(unreadable)) for line in lines] if unreadable else lines


def _held_back(line: Line, unreadable: int) -> Line:
    if line.place in {"known", "rejected"}:
        return line
    reason = f"is held back with line {unreadable} of the same ticket, which cannot be read"
    return Line(line.ticket, line.row, line.fingerprint, "held", reason, unknown_state=line.unknown_state)
