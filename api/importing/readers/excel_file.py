"""The rows of a workbook's sheet (.xlsx, .xlsb, .xls, .ods) as text, read in a process with a bound on its memory."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any, BinaryIO, cast

from api.importing.file_format import FileFormat
from api.importing.readers import sheet_process
from api.importing.readers.archive import check_workbook_size
from api.importing.readers.sheet_process import END
from api.importing.rows import Row, UnreadableFile, check_width

MEBIBYTE = 1024 * 1024
LEAST_MEMORY, MOST_MEMORY = 768 * MEBIBYTE, 2048 * MEBIBYTE
"""Bytes that the smallest and the largest workbook may take while it is read."""
MEMORY_TIMES = 20
"""A workbook between them may take so many times its size. One of 4 million cells takes 17 times."""
ROOT = Path(__file__).parents[3]


def read_excel(content: BinaryIO, form: FileFormat, opened: ExitStack) -> tuple[list[str], str, Iterator[Row]]:
    """The names of the columns as written, how the file was read, and its rows. Raises UnreadableFile."""
    check_workbook_size(content)
    messages = _messages(content, form.sheet, opened)
    name, columns, others = next(messages)
    check_width(columns)  # before its cells are read
    rows = islice(_rows(messages), form.skip_lines, None)
    header = next((row for row in rows if any(row.cells)), None)
    if header is None:
        raise UnreadableFile(f"Its sheet {name!r} has no header row that names its columns.")
    named = ", ".join(map(repr, others))
    beside = f" (`sheet` in the mapping names another: {named})" if others else ""
    return header.cells, f"Excel sheet {name!r}{beside}", (row for row in rows if any(row.cells))


def _rows(messages: Iterator[list[Any]]) -> Iterator[Row]:
    for rows in messages:
        for row in rows:
            yield Row(*row)


def _messages(content: BinaryIO, name: str | None, opened: ExitStack) -> Iterator[Any]:
    """What the process writes: the sheet, and lists of rows. Raises UnreadableFile for a refusal or its death."""
    memory = min(max(LEAST_MEMORY, MEMORY_TIMES * content.seek(0, io.SEEK_END)), MOST_MEMORY)
    content.seek(0)
    command = [sys.executable, "-P", "-m", sheet_process.__name__]
    reader = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    opened.enter_context(reader)
    opened.callback(reader.kill)
    its_input, its_output = cast("IO[bytes]", reader.stdin), cast("IO[bytes]", reader.stdout)
    with suppress(BrokenPipeError), its_input:
        its_input.write(b"%b\n" % json.dumps([name, memory]).encode())
        copyfileobj(content, its_input)
    for line in its_output:
        message = json.loads(line)
        if isinstance(message, str):
            raise UnreadableFile(message)
        if message is END:
            return
        yield message
    if reader.wait() == 1:
        raise UnreadableFile("It begins like a workbook and its reader failed: save it as CSV.")
    raise UnreadableFile(
        f"It needs more than {memory // MEBIBYTE:,} MiB to be read: delete the cells behind the last ticket, or save it"
        " as CSV."
    )
