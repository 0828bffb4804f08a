"""An import in a process that is killed, that works beside another one, or whose memory is measured."""

import gc
import os
import tracemalloc
from pathlib import Path

from api.importing import importer, source_ids
from domain.event_types import register_event_types
from tests.support.importing.histories import desk_history, record, write


def run(url: str, file: Path, rows_at_once: int) -> None:
    register_event_types()
    importer.ROWS_AT_ONCE = rows_at_once
    record(url, file)


def measure(url: str, file: Path, sizes: list[int]) -> None:
    """Prints the peak of memory (bytes) while files of so many tickets are recorded, one after another.

    No other thread allocates in this process. Garbage in cycles does not wait: it is a megabyte at times.
    """
    register_event_types()
    gc.set_threshold(200, 5, 5)
    importer.ROWS_AT_ONCE = source_ids.CACHED_STREAMS = 50
    for tickets in sizes:
        write(file, desk_history(tickets))
        tracemalloc.start()
        record(url, file)
        os.write(1, b"%d\n" % tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
