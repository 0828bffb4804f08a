"""The kind of a file by its first bytes, and the content of packed files."""

import gzip
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Literal, cast

from api.importing.readers.workbook_extent import check_extent
from api.importing.rows import UnreadableFile

FileKind = Literal["gzip", "zip", "workbook", "json", "text"]

HEAD = 4_096
"""The bytes that decide the kind of a file."""

MOST_UNPACKED = 2**30
MOST_TIMES = 200
"""A file may unpack to MOST_UNPACKED bytes, or to so many times its packed size if that is more."""

_SPREADSHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_OTHERS = {
    b"%PDF": "a PDF",
    b"BZh": "packed by bzip2",
    b"\xfd7zXZ": "packed by xz",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}


def kind_of(content: BinaryIO) -> FileKind:
    """The kind of the content, which is rewound. Raises UnreadableFile for a kind that has no reader."""
    head = content.read(HEAD)
    content.seek(0)
    for begins, name in _OTHERS.items():
        if head.startswith(begins):
            raise UnreadableFile(
                f"It is {name}: export the tickets as CSV, Excel or JSON, plain or packed as zip or gzip."
            )
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        with _archive(content) as archive:
            names = set(archive.namelist())
        content.seek(0)
        return "workbook" if names.intersection(_SPREADSHEETS) else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    return _text_kind(head)


def _text_kind(head: bytes) -> FileKind:
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    begins = text[:1] + text[1:].lstrip()[:1]
    if begins in {b"[{", b"[]", b'{"', b"{}"}:
        return "json"
    if begins[:1] == b"<":
        raise UnreadableFile(
            "It is an HTML or XML page (some systems name such a file .xls): open it in a spreadsheet and save it as"
            " CSV or Excel."
        )
    return "text"


@contextmanager
def unpacked_gzip(content: BinaryIO) -> Iterator[BinaryIO]:
    """The content of a gzip file, as a stream."""
    with gzip.open(content) as inside:
        yield cast("BinaryIO", io.BufferedReader(_Bounded(cast("BinaryIO", inside), _most(content))))


@contextmanager
def unpacked_zip(content: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    """The name and the streamed content of the one file in a zip archive. Raises UnreadableFile for several."""
    with _archive(content) as archive:
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/") and member.file_size
        ]
        if len(members) != 1:
            names = ", ".join(member.filename for member in members[:10]) or "none"
            raise UnreadableFile(
                f"It is a zip archive with {len(members)} files ({names}): unpack it and import them one by one."
            )
        (member,) = members
        if member.flag_bits & 1:
            raise UnreadableFile(f"Its file {member.filename} is protected by a password: unpack it first.")
        check_unpacked_size(archive, _most(content))
        with archive.open(member) as inside:
            yield member.filename, cast("BinaryIO", inside)


def check_workbook_size(content: BinaryIO) -> None:
    """Raises UnreadableFile for a workbook that unpacks to more than a file may, or whose sheets reach too far."""
    if zipfile.is_zipfile(content):
        content.seek(0)
        with _archive(content) as archive:
            check_unpacked_size(archive, _most(content))
            check_extent(archive)
    content.seek(0)


def check_unpacked_size(archive: zipfile.ZipFile, most: int) -> None:
    """Raises UnreadableFile when the archive declares more bytes; zipfile yields no more than that."""
    if sum(member.file_size for member in archive.infolist()) > most:
        raise _too_large(most)


def _archive(content: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(content)
    except (zipfile.BadZipFile, NotImplementedError):
        raise UnreadableFile(
            "It begins like a zip archive and cannot be read as one: export it or copy it again."
        ) from None


def _most(content: BinaryIO) -> int:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    return max(MOST_UNPACKED, MOST_TIMES * size)


def _too_large(most: int) -> UnreadableFile:
    return UnreadableFile(f"It unpacks to more than {most:,} bytes: if the file is sound, unpack it first.")


class _Bounded(io.RawIOBase):
    """A stream that raises UnreadableFile behind a number of bytes."""

    def __init__(self, inside: BinaryIO, most: int) -> None:
        self._inside = inside
        self._most = most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._inside.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes no other buffer
        read = self._inside.read(len(buffer))
        buffer[: len(read)] = read
        if self._inside.tell() > self._most:
            raise _too_large(self._most)
        return len(read)
