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


def test_a_switch_that_is_stopped_under_another_name_of_the_tenant_takes_no_second_stop() -> None:
    stopped = evolve(Switches(), SwitchStopped(what="tenant", name="acme"), AT)
    with pytest.raises(Refusal, match="leave the name out"):
        decide(StopSwitch(what="tenant", name="acme", reason="r"), stopped)


def test_what_is_so_already_is_not_recorded_again() -> None:
    stopped = evolve(Switches(), SwitchStopped(what="rule", name="Welcome"), AT)
    assert decide(StopSwitch(what="rule", name="welcome", reason="r"), stopped) == []
    assert decide(ResumeSwitch(what="rule", name="welcome", reason="r"), Switches()) == []
    assert decide(ResumeSwitch(what="channel", name="welcome", reason="r"), stopped) == []


def test_a_rule_or_a_channel_is_stopped_by_itself_however_its_name_is_written_or_with_the_tenant() -> None:
    stopped = evolve(Switches(), SwitchStopped(what="rule", name="Welcome"), AT)
    assert stopped.stops("rule", "WELCOME")
    assert not stopped.stops("channel", "welcome")
    assert not stopped.stops("rule", "csat")
    for name in ("all", "acme"):
        whole = evolve(Switches(), SwitchStopped(what="tenant", name=name), AT)
        assert whole.stops("rule", "csat")
        assert not evolve(whole, SwitchResumed(what="tenant", name=name), AT).stops("rule", "csat")
