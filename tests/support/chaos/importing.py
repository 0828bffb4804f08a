"""An import in a process that is killed, or that works beside another one."""

from pathlib import Path

from api.importing import importer
from domain.event_types import register_event_types
from tests.support.importing.histories import record


def run(url: str, file: Path, rows_at_once: int) -> None:
    register_event_types()
    importer.ROWS_AT_ONCE = rows_at_once
    record(url, file)
