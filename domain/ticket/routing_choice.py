"""Why routing chose an agent for a ticket: what an assignment by routing records."""

from typing import Annotated

from pydantic import Field

from domain.messages import Message

MOST_CANDIDATES = 50
"""The candidates that a choice names."""


class ConsideredAgent(Message):
    """``why`` is chosen, or the code of why the agent was not chosen, such as off_shift, away or full."""

    agent: str
    why: str


class RoutingChoice(Message):
    """The choice by version ``version`` of the routing. ``rule`` is the rule that matched; None: none did.

    ``because`` is a code: sticky, only_one, least_loaded, longest_waiting or first_name, or no_candidate
    when nobody could be chosen. ``skills`` were asked for, ``dropped`` not any more. ``candidates`` are those that came
    nearest, of ``considered``.
    """

    version: int
    rule: str | None = None
    because: str
    skills: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    candidates: Annotated[tuple[ConsideredAgent, ...], Field(max_length=MOST_CANDIDATES)] = ()
    considered: int = 0
