"""Reading files as they come: quotes, encodings, broken lines, packed or not."""

import gzip
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.rows import Rejected, Row, Shelf, UnreadableFile, opened, records


def read(text: str) -> list[Row | Rejected]:
    return list(records(io.StringIO(text, newline=""), ","))


def test_a_record_knows_its_line_and_its_text() -> None:
    assert read('a,b\n1,"two\nlines"\n3,4\n') == [
        Row(1, "a,b\n", ["a", "b"]),
        Row(2, '1,"two\nlines"\n', ["1", "two\nlines"]),
        Row(4, "3,4\n", ["3", "4"]),
    ]


def test_blank_lines_are_no_rows() -> None:
    assert [record.line for record in read("a,b\n\n1,2\n\n\n3,4")] == [1, 3, 6]


def test_a_quote_that_is_never_closed_takes_no_other_line_with_it() -> None:
    _, broken, *rest = read('a,b\n1,"2\n3,4\n5,6\n')
    assert isinstance(broken, Rejected)
    assert (broken.line, broken.text) == (2, '1,"2\n')
    assert [(record.line, record.text) for record in rest] == [(3, "3,4\n"), (4, "5,6\n")]
    assert all(isinstance(record, Row) for record in rest)


def test_a_row_with_too_many_or_too_few_cells_is_rejected() -> None:
    reasons = [record.reason for record in read("a,b\n1\n1,2,3\n") if isinstance(record, Rejected)]
    assert reasons == ["has 1 cells where the header has 2", "has 3 cells where the header has 2"]


def test_a_character_that_no_database_can_store_is_rejected() -> None:
    (_, found) = read("a,b\n1,\0\n")
    assert isinstance(found, Rejected)
    assert "NUL" in found.reason


def test_bytes_in_another_encoding_are_rejected_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("a,b\n1,Hà Nội\n2,".encode() + "Zürich".encode("latin-1") + b"\n3,x\n")
    with opened(path, "utf-8") as (text, _):
        found = list(records(text, ","))
    assert [type(record) for record in found] == [Row, Row, Rejected, Row]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1258"])
def test_the_mapping_s_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("a,b\n1,é\n".encode(encoding))
    with opened(path, encoding) as (text, _):
        assert [record.cells for record in records(text, ",") if isinstance(record, Row)] == [["a", "b"], ["1", "é"]]


@pytest.mark.parametrize(
    ("encoding", "begins"),
    [
        ("utf-8", BOM_UTF8),
        ("utf-8-sig", BOM_UTF8),
        ("utf-16-le", BOM_UTF16_LE),
        ("utf-16", BOM_UTF16_BE),
        ("utf-16-be", BOM_UTF16_BE),
    ],
)
def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path, encoding: str, begins: bytes) -> None:
    path = tmp_path / "file.csv"
    text = '"a",b\n1,é\n'
    path.write_bytes(begins + text.encode("utf-16-be" if begins == BOM_UTF16_BE else encoding.removesuffix("-sig")))
    with opened(path, encoding) as (content, _):
        assert [record.text for record in records(content, ",")] == text.splitlines(keepends=True)


@pytest.mark.parametrize("flaw", [b"\n", b"\x00\xd8\x0a\x00"])
def test_a_file_that_is_not_in_its_encoding_and_has_no_lines_to_reject_cannot_be_read(
    tmp_path: Path, flaw: bytes
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("a,b\n1,é\n".encode("utf-16") + flaw)
    with pytest.raises(UnreadableFile, match=r"cannot be read: .*utf-16"), opened(path, "utf-16") as (text, _):
        list(records(text, ","))


def test_a_packed_file_reads_like_the_plain_one_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "packed.csv"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    with opened(path, "utf-8") as (text, _):
        assert [record.text for record in records(text, ",")] == ["a,b\n", "1,2\n"]


def test_a_packed_file_that_ends_too_early_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "short.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-20])
    with pytest.raises(UnreadableFile, match="cannot be read"), opened(path, "utf-8") as (text, _):
        list(records(text, ","))


@given(st.text(alphabet='ab",\n\r\0é ', max_size=200))
def test_every_character_of_a_file_is_in_exactly_one_record_or_in_a_blank_line(text: str) -> None:
    found = read(text)
    assert "".join(record.text for record in found).replace("\n", "").replace("\r", "") == text.replace(
        "\n", ""
    ).replace("\r", "")
    assert [record.line for record in found] == sorted({record.line for record in found})


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40))
def test_the_shelf_gives_each_ticket_its_rows_in_their_places_and_else_as_they_came(
    rows: list[tuple[str, int]],
) -> None:
    shelf = Shelf(",")
    for line, (ticket, place) in enumerate(rows):
        shelf.put(ticket, place, Row(line, f"{ticket},{line}\n", []))
    found = {ticket: [row.line for row in of_ticket] for ticket, of_ticket in shelf.tickets()}
    shelf.close()
    assert list(found) == list(dict.fromkeys(ticket for ticket, _ in rows))
    assert found == {
        ticket: [line for _, line in sorted((place, line) for line, (of, place) in enumerate(rows) if of == ticket)]
        for ticket in {ticket for ticket, _ in rows}
    }
