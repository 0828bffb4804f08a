"""Every program knows every event type before it reads a log."""

import json
from typing import get_args

import pytest

from domain.access.events import KeyEvent
from domain.automation.events import AutomationEvent
from domain.availability.events import AvailabilityEvent
from domain.contract.events import ContractEvent
from domain.customer.events import AddressEvent, CustomerEvent
from domain.customer.facts.events import ActivityClaimEvent, CustomerFact
from domain.definitions.events import DefinitionEvent
from domain.erasure.events import ErasureEvent, PersonalDataErased
from domain.event_log.codec import EventCodec, UnreadableEvent
from domain.event_log.event_types import EVENT_TYPES, EventTypes
from domain.feedback.events import FeedbackEvent
from domain.file.events import FileEvent
from domain.issued_report.events import ReportEvent
from domain.messages import Event
from domain.notification.events import NotificationEvent
from domain.procedure.events import ProcedureClaimEvent, ProcedureEvent
from domain.sealing.events import SealingEvent
from domain.segment.events import SegmentEvent
from domain.sla.events import TargetInstanceEvent
from domain.sla.policy.events import SlaEvent
from domain.switches.events import SwitchEvent
from domain.task.events import TaskEvent
from domain.ticket.events import TicketEvent
from domain.usage.events import UsageEvent
from tests.support.events import NOON, TICKET
from tests.support.programs import run_python

UNIONS = (
    TicketEvent,
    TargetInstanceEvent,
    CustomerEvent,
    CustomerFact,
    ActivityClaimEvent,
    AddressEvent,
    ContractEvent,
    UsageEvent,
    FeedbackEvent,
    FileEvent,
    NotificationEvent,
    AvailabilityEvent,
    SegmentEvent,
    ProcedureEvent,
    ProcedureClaimEvent,
    ReportEvent,
    DefinitionEvent,
    SlaEvent,
    KeyEvent,
    AutomationEvent,
    SwitchEvent,
    TaskEvent,
    SealingEvent,
    ErasureEvent,
    PersonalDataErased,
)
TOPICS = sorted(cls.topic for union in UNIONS for cls in get_args(union) or (union,))
PROGRAMS = {
    "the command line": (
        "from api.cli.main import COMMANDS; from api.cli.usage_error import UsageError\n"
        "try: COMMANDS(['check'], standalone_mode=False)\nexcept UsageError: pass"
    ),
    "the HTTP application": (
        "from api.serving.app import create_app; from api.settings import Settings; create_app(Settings(dsn=''))"
    ),
    "the follower process": (
        "import io, os, sys\nfrom api.workers import worker_process as w\n"
        "w.follow = lambda *_, **__: None\nos.environ |= {'DATABASE_URL': '', w.LOG_VARIABLE: 'text warning'}\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO())\nw.main()"
    ),
    "the process of a what-if": (
        "import resource\nfrom api.http import what_if_process as w\nfrom api.settings import WhatIfBounds\n"
        "resource.setrlimit = w.give_way_to_all = w._end_after = lambda *_: None\nw.what_if = lambda *_: 1\n"
        "class Pipe:\n    def send(self, _): pass\n"
        "w.judge(Pipe(), 'host=/nowhere', 'default', None, WhatIfBounds(), (), w.Rests(is_busy=False))"
    ),
    "a benchmark": "import benchmarks.__main__",
}
FORKED = f"""
import json, os
import api.cli.main, api.http.container, api.http.what_if_process, api.workers.worker_process, benchmarks
from domain.event_log.event_types import EVENT_TYPES
assert not EVENT_TYPES.classes, "no module registers event types while it is loaded"
for name, program in {PROGRAMS!r}.items():
    if os.fork() == 0:
        exec(program, {{}})
        print(json.dumps([name, sorted(EVENT_TYPES.classes)]), flush=True)
        os._exit(0)
    assert os.wait()[1] == 0, name
"""
"""Runs each program in a fork of a process that has loaded what they share."""


def test_each_program_knows_every_topic() -> None:
    known = dict(json.loads(line) for line in run_python(FORKED).stdout.splitlines() if line.startswith("["))
    assert known == dict.fromkeys(PROGRAMS, TOPICS)


def test_every_event_class_of_the_product_is_registered() -> None:
    """One that is defined and not registered could be recorded and never read again."""
    defined = {cls for cls in _below(Event) if cls.__module__.startswith("domain.") and "topic" in vars(cls)}
    assert defined == set(EVENT_TYPES.classes.values())


def _below(cls: type[Event]) -> set[type[Event]]:
    return {cls, *(below for child in cls.__subclasses__() for below in _below(child))}


def test_a_program_without_event_types_says_what_to_call() -> None:
    with pytest.raises(UnreadableEvent, match="register_event_types"):
        EventCodec(EventTypes()).decode(1, TICKET, 1, "ticket.received", NOON, "{}")
