"""The procedures that a definition starts, and whether they fit it."""

from typing import NamedTuple

from domain.procedure.definition import ProcedureDefinition
from domain.refusal import Refusal


class NeededProcedure(NamedTuple):
    """``about``: the kinds of the subjects that it is started for."""

    procedure: str
    about: frozenset[str]


def must_be_about(needed: NeededProcedure, definition: ProcedureDefinition, state: str) -> None:
    """Raises Refusal when the procedure is about subjects of another kind."""
    if definition.subject not in needed.about:
        rule = f"the procedure {needed.procedure!r} is about a {definition.subject}; start it for one"
        raise Refusal("subject_of_another_kind", rule, state)
