"""Packed files are unpacked within bounds, and what is not read here is told by its name."""

import gzip
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest

from api.importing.readers import archive
from api.importing.rows import UnreadableFile
from tests.support.importing.files import read
from tests.support.importing.workbooks import write_xlsx

CSV = b"a,b\n1,2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "packed"


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def test_a_file_packed_by_gzip_reads_like_the_plain_one_whatever_its_name(file: Path) -> None:
    rows = read(file, gzip.compress(CSV))
    assert (rows.cells, rows.read_as) == ([["1", "2"]], "CSV separated by commas, in utf-8, packed by gzip")
    assert read(file, gzip.compress(b'[{"a": 1}]')).cells == [["1"]]


def test_the_only_file_of_a_zip_archive_is_read(file: Path, tmp_path: Path) -> None:
    rows = read(zipped(file, march_csv=CSV, empty_txt=b""))
    assert (rows.cells, rows.read_as) == (
        [["1", "2"]],
        "CSV separated by commas, in utf-8, the file march.csv of a zip archive",
    )
    assert read(zipped(file, a_json=b'{"x": [{"a": 1}]}')).cells == [["1"]]
    workbook = write_xlsx(tmp_path / "a.xlsx", {"A": [["id"], ["1"]]})
    assert read(zipped(file, a_xlsx=workbook.read_bytes())).cells == [["1"]]


def test_several_files_in_an_archive_are_named(file: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"a zip archive with 2 files \(a.csv, b/c.csv\): unpack it"):
        read(zipped(file, a_csv=CSV, b__c_csv=CSV))
    with pytest.raises(UnreadableFile, match=r"a zip archive with 0 files \(none\)"):
        read(zipped(file))


def test_an_archive_in_an_archive_is_refused(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="an archive inside an archive: unpack it first"):
        read(zipped(file, a_gz=gzip.compress(CSV)))


def test_a_protected_archive_is_refused(file: Path) -> None:
    content = bytearray(zipped(file, a_csv=CSV).read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    with pytest.raises(UnreadableFile, match=r"a\.csv is protected by a password"):
        read(file, bytes(content))


def test_a_damaged_archive_is_refused(file: Path) -> None:
    fix = r"packed cannot be imported\. It is damaged or was cut off: export it or copy it again\.$"
    for damaged in (gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20], b"\x1f\x8b" + bytes(300)):
        with pytest.raises(UnreadableFile, match=fix):
            read(file, damaged)
    hashed = b"".join(f"{number},{hash((number, 7))}\n".encode() for number in range(200))
    content = zipped(file, a_csv=b"a,b\n" + hashed).read_bytes()
    with pytest.raises(UnreadableFile, match="cannot be read as one: export it or copy it again"):
        read(file, content[:-30])
    damaged = content[:200] + bytes(10) + content[210:]
    with pytest.raises(UnreadableFile, match=fix):
        read(file, damaged)


@pytest.mark.parametrize("pack", ["gzip", "zip", "workbook"])
def test_what_is_out_of_all_proportion_larger_when_it_is_unpacked_is_refused(file: Path, pack: str) -> None:
    content = CSV + b"1,2\n" * 100_000
    if pack == "gzip":
        file.write_bytes(gzip.compress(content))
    elif pack == "zip":
        zipped(file, a_csv=content)
    else:
        write_xlsx(file, {"A": [["a"], ["x" * 400_000]]})
    assert read(file).rows
    with (
        patch.object(archive, "MOST_UNPACKED", 10_000),
        patch.object(archive, "MOST_TIMES", 2),
        pytest.raises(UnreadableFile, match="unpacks to more than"),
    ):
        read(file)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7", "It is a PDF: export the tickets as CSV, Excel or JSON"),
        (b"BZh91AY", "packed by bzip2"),
        (b"\xfd7zXZ\x00", "packed by xz"),
        (b"7z\xbc\xaf\x27\x1c\x00", "a 7-Zip archive"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"<html><table>", "an HTML or XML page"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?>", "an HTML or XML page"),
        (b"", "has no header line"),
        (b"a,b\x00\n", "holds a NUL character"),
    ],
)
def test_what_is_not_read_here_is_told_by_its_name(file: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read(file, content)
