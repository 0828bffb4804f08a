"""Exports that fail in a process of their own."""

import resource
import signal
from datetime import date
from pathlib import Path

from api.exporting import parquet_file
from api.exporting.exporter import Format
from api.exporting.snapshot import Moment
from domain.event_types import register_event_types
from projections.scope.periods import RequestedPeriod
from tests.support.exported_files import exported_to


def on_a_full_disk(dsn: str, to: Path, kind: Format) -> None:
    """The size of files is limited: writing further fails as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    register_event_types()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    exported_to(dsn, to, "events", kind)


def of_too_many_days(dsn: str, to: Path) -> None:
    register_event_types()
    years = Moment(period=RequestedPeriod(date(2020, 1, 1), date(2026, 1, 1)), every="day")
    exported_to(dsn, to, "figures", "parquet", years)


def through_a_pipe_that_cannot_be_opened(dsn: str, to: Path) -> None:
    register_event_types()
    keep = parquet_file._opened

    def opened(pipe: Path) -> int | None:  # noqa: ARG001 -- its name is that of the original
        parquet_file._opened = keep
        raise OSError("no descriptor")

    parquet_file._opened = opened
    exported_to(dsn, to, "events", "parquet")
