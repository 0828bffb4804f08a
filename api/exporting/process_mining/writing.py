"""Writes a file for programs of process mining."""

from pathlib import Path
from typing import Literal

from api.exporting.process_mining.events import event_types, events_of
from api.exporting.process_mining.objects import objects_of
from api.exporting.process_mining.ocel_json import write_ocel_json
from api.exporting.process_mining.ocel_sqlite import write_ocel_sqlite
from api.exporting.process_mining.xes import write_xes
from api.exporting.progress import Counter, Progress
from api.exporting.snapshot import ExportSnapshot

LogFormat = Literal["ocel-json", "ocel-sqlite", "xes"]


def write_log(file: Path, snapshot: ExportSnapshot, kind: LogFormat, progress: Progress) -> dict[str, int]:
    """Writes the log in a format; returns how many objects and events, or traces, the file holds."""
    if kind == "xes":
        traces = Counter("traces", progress)
        with file.open("w", encoding="utf-8", newline="") as output:
            write_xes(output, snapshot, traces)
        return {"traces": traces.total}
    objects, events = Counter("objects", progress), Counter("events", progress)
    parts = event_types(snapshot), objects.of(objects_of(snapshot)), events_of(snapshot, events)
    if kind == "ocel-sqlite":
        write_ocel_sqlite(file, *parts)
    else:
        with file.open("w", encoding="utf-8", newline="") as output:
            write_ocel_json(output, *parts)
    return {"objects": objects.total, "events": events.total}
