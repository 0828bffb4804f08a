"""The decider of the stop switches."""

from datetime import UTC, datetime

import pytest

from domain.refusal import Refusal
from domain.switches.commands import ResumeSwitch, StopSwitch
from domain.switches.decider import decide
from domain.switches.events import SwitchResumed, SwitchStopped
from domain.switches.state import Switches, evolve

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_the_tenant_is_stopped_by_one_name_alone() -> None:
    assert decide(StopSwitch(what="tenant", name="All", reason="r"), Switches()) == [
        SwitchStopped(what="tenant", name="All")
    ]
    for command in (StopSwitch, ResumeSwitch):
        with pytest.raises(Refusal, match="leave the name out"):
            decide(command(what="tenant", name="acme", reason="r"), Switches())


def test_a_tenant_that_was_stopped_by_another_name_can_be_resumed() -> None:
    stopped = evolve(Switches(), SwitchStopped(what="tenant", name="acme"), AT)
    resumed = decide(ResumeSwitch(what="tenant", name="acme", reason="r"), stopped)
    assert resumed == [SwitchResumed(what="tenant", name="acme")]
