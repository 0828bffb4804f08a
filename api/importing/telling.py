"""What becomes of each row of a ticket, given what the log holds of that ticket already: pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from api.importing.places import places
from api.importing.plan import Party, Plan, Unfit
from api.importing.rows import Row
from api.importing.translate import Fact, History

CHANGED = "differs from the row of this ticket that is recorded in its place; what is recorded is not overwritten"


class Line(NamedTuple):
    """``facts`` are to be recorded: those of a new or late row, none of a known or rejected one.

    ``unknown_state``: of a row that is not rejected, a state that the mapping does not name.
    """

    row: Row
    fingerprint: str
    place: Literal["known", "new", "late", "rejected"]
    reason: str = ""
    party: Party | None = None
    facts: Sequence[Fact] = ()
    back_in_time: bool = False
    unknown_state: str | None = None


def tell(
    plan: Plan, ticket: str, rows: Sequence[Row], fingerprints: Sequence[str], recorded: Sequence[str]
) -> list[Line]:
    """One line for each row. ``recorded``: the fingerprints that the log holds of the ticket, in their order."""
    history = History(plan, ticket)
    lines = []
    for row, fingerprint, place in zip(rows, fingerprints, places(fingerprints, recorded), strict=True):
        before = history.last
        try:
            values = plan.values(row.cells)
            party = history.party(values)
            facts = history.note(values) if place == "late" else history.take(values)
        except Unfit as unfit:
            lines.append(Line(row, fingerprint, "rejected", str(unfit)))
            continue
        if place == "changed":
            lines.append(Line(row, fingerprint, "rejected", CHANGED))
            continue
        back = before is not None and facts[-1].at < before
        line = Line(row, fingerprint, place, back_in_time=back, unknown_state=plan.unknown_state(values))
        lines.append(line if place == "known" else line._replace(party=party, facts=facts))
    return lines
