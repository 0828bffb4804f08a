"""The tickets as XES (IEEE 1849): a trace for each ticket, its events in world order."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO
from xml.sax.saxutils import quoteattr

from api.exporting.progress import Counter
from api.exporting.snapshot import ExportSnapshot
from domain.ticket.timeline import LifeStep
from projections.engine.past_histories import HistoriesThen
from projections.engine.replay import streams_where
from projections.engine.stream import Stream

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
<string key="lifecycle:transition" value="complete"/>
<int key="position" value="0"/>
</global>
<classifier name="Event" keys="concept:name"/>
"""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML cannot hold."""


def write_xes(output: TextIO, snapshot: ExportSnapshot, counter: Counter) -> None:
    """Writes the traces stream by stream. Events of one time are in the order of their positions."""
    then = HistoriesThen(snapshot.connection, snapshot.tenant, snapshot.position, snapshot.as_of)
    output.write(_HEAD)
    streams = streams_where(snapshot.connection, snapshot.tenant, "position <= %s", [snapshot.position])
    for _, history in streams:
        events = then.of(history)
        if events and (stream := Stream(events)).kind == "ticket" and stream.timeline.steps:
            output.writelines(_trace(stream))
            counter.add(1)
    output.write("</log>\n")


def _trace(stream: Stream) -> Iterator[str]:
    steps = stream.timeline.steps
    last = steps[-1].after
    yield "<trace>\n"
    yield _attribute("string", "concept:name", str(stream.id))
    yield _attribute("string", "customer", str(stream.timeline.owner.customer))
    for name in ("state", "priority", "category"):
        if (value := getattr(last, name)) is not None:
            yield _attribute("string", name, value)
    for step in steps:
        yield from _event(step)
    yield "</trace>\n"


def _event(step: LifeStep) -> Iterator[str]:
    event = step.event
    yield "<event>\n"
    yield _attribute("string", "concept:name", event.topic)
    yield _attribute("date", "time:timestamp", step.at)
    yield _attribute("string", "lifecycle:transition", "complete")
    yield _attribute("string", "org:resource", event.envelope.actor.id)
    yield _attribute("string", "org:role", event.envelope.actor.kind)
    yield _attribute("int", "position", event.position)
    yield _attribute("string", "state", step.after.state)
    yield "</event>\n"


def _attribute(kind: str, key: str, value: str | int | datetime) -> str:
    text = value.isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
    return f"<{kind} key={quoteattr(key)} value={quoteattr(_FORBIDDEN.sub(chr(0xFFFD), text))}/>\n"
