"""CSV as it comes: any dialect, any encoding, quotes that hold lines, and quotes that break."""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing.readers import lines as lines_module
from api.importing.rows import UnreadableFile
from tests.support.importing.files import read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def test_a_record_knows_its_line_and_its_text(file: Path) -> None:
    table = read(file, 'a,b\n1,"two\nlines"\n3,4\n')
    assert table.header == ["a", "b"]
    assert [(row.line, row.text, row.cells) for row in table.rows] == [
        (2, '1,"two\nlines"\n', ["1", "two\nlines"]),
        (4, "3,4\n", ["3", "4"]),
    ]


def test_blank_lines_and_rows_of_blank_cells_are_no_rows(file: Path) -> None:
    assert [row.line for row in read(file, "\na,b\n\n1,2\n , \n,\n3,4").rows] == [4, 7]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out_and_said(file: Path, delimiter: str) -> None:
    rows = [["ticket", "note"], ["1", "a, b; c | d"], ["2", "e, f; g"], ["3", "plain"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    table = read(file, text.getvalue())
    assert [table.header, *table.cells] == rows
    separator = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}[delimiter]
    assert table.read_as == f"CSV separated by {separator}, in utf-8"


def test_the_delimiter_is_the_one_by_which_the_rows_are_as_long_as_the_header(file: Path) -> None:
    assert read(file, "Ticket, no;Status, now\n1;Open\n2;Closed\n").header == ["Ticket, no", "Status, now"]
    assert read(file, "a;b,c\n1;x\n2;y,z\n").header == ["a", "b,c"]


def test_a_delimiter_that_is_named_is_taken(file: Path) -> None:
    assert read(file, "a;b^c\n1;2^3\n", delimiter="^").cells == [["1;2", "3"]]


@pytest.mark.parametrize("line", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_a_line_that_names_the_delimiter_is_no_header(file: Path, line: str) -> None:
    table = read(file, f"{line}a;b,c\n1;2,3\n")
    assert (table.header, table.cells, table.rows[0].line) == (["a", "b,c"], [["1", "2,3"]], 3)


def test_lines_above_the_header_are_skipped(file: Path) -> None:
    table = read(file, "Tickets of March;;\n\nid;note\n1;x\n", skip_lines=2)
    assert (table.header, table.rows[0].line, table.cells) == (["id", "note"], 4, [["1", "x"]])


def test_a_blank_after_the_delimiter_may_stand_before_a_quote(file: Path) -> None:
    assert read(file, 'a, "b"\n1, "x, y"\n').cells == [["1", "x, y"]]


def test_a_character_after_an_escape_is_meant_as_itself(file: Path) -> None:
    content = 'a,b\n1,"he said \\"no\\", and\nleft"\n'
    assert read(file, content, escape="\\").cells == [["1", 'he said "no", and\nleft']]
    assert read(file, content).flaws


def test_cells_that_are_never_quoted_may_hold_quotes(file: Path) -> None:
    assert read(file, 'a,b\n1,"Drucker" kaputt\n2,5" disk\n', quote="").cells == [
        ["1", '"Drucker" kaputt'],
        ["2", '5" disk'],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1258"])
def test_the_encoding_that_is_named_is_read(file: Path, encoding: str) -> None:
    table = read(file, "a,b\n1,é\n".encode(encoding), encoding=encoding)
    assert (table.header, table.cells) == (["a", "b"], [["1", "é"]])


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-32", "utf-32")])
def test_a_byte_order_mark_says_the_encoding(file: Path, encoding: str, name: str) -> None:
    table = read(file, '"a",b\n1,ệ\n'.encode(encoding))
    assert (table.header, table.cells, table.read_as) == (
        ["a", "b"],
        [["1", "ệ"]],
        f"CSV separated by commas, in {name}",
    )


@pytest.mark.parametrize(
    ("encoding", "begins"),
    [("utf-8", BOM_UTF8), ("utf-8-sig", BOM_UTF8), ("utf-16-le", BOM_UTF16_LE), ("utf-16-be", BOM_UTF16_BE)],
)
def test_a_byte_order_mark_is_no_part_of_the_first_name(file: Path, encoding: str, begins: bytes) -> None:
    table = read(file, begins + '"a",b\n1,é\n'.encode(encoding.removesuffix("-sig")), encoding=encoding)
    assert table.header == ["a", "b"]


def test_a_file_that_is_not_in_its_encoding_and_has_no_lines_cannot_be_read(file: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"not in the encoding that the mapping names"):
        read(file, "a,b\n1,é\n".encode("utf-16") + b"\n", encoding="utf-16")


def test_lines_inside_a_closed_quote_are_no_rows_however_many(file: Path) -> None:
    pasted = "".join(f"F-{number},Closed\n" for number in range(20_000))
    table = read(file, f'ticket,note\nA-1,"{pasted}"\nA-2,x\n')
    assert table.cells == [["A-1", pasted], ["A-2", "x"]]


def test_after_a_quote_that_is_never_closed_every_line_is_unreadable(file: Path) -> None:
    table = read(file, 'a,b\n0,x\n1,"2\n3,4\n5,6\n')
    assert table.cells == [["0", "x"]]
    assert [(row.line, row.text) for row in table.rows] == [(2, "0,x\n"), (3, '1,"2\n'), (4, "3,4\n"), (5, "5,6\n")]
    assert "a quote is opened and never closed" in table.flaws[3]
    assert "stands behind the broken quotes of line 3" in table.flaws[4] == table.flaws[5]
    assert [row.cells[0] for row in table.rows] == ["0", "1", "3", "5"]


def test_a_quote_that_the_next_cell_closes_lets_no_pasted_line_become_a_row(file: Path) -> None:
    """The quotes of line 2 end where those of line 3 begin; what follows is inside a cell of the file's author."""
    table = read(file, 'a,b\n1,"broken\n2,"a mail:\nA-9,Closed\nend"\n3,x\n')
    assert table.cells == []
    assert "a quote is closed in the middle of a cell" in table.flaws[2]
    assert list(table.flaws) == [2, 3, 4, 5, 6]


def test_a_record_beyond_every_measure_is_unreadable_and_so_is_what_follows(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_module, "LARGEST_RECORD", 100)
    long = "x" * 60
    table = read(file, f'a,b\n1,x\n2,"{long}\n{long}"\n3,y\n')
    assert table.cells == [["1", "x"]]
    assert "a record is longer than" in table.flaws[3]
    assert list(table.flaws) == [3, 4, 5]


dialects: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", "~"]),
    quotechar=st.sampled_from(['"', "'", "`"]),
    doublequote=st.booleans(),
    escapechar=st.sampled_from(["\\", "!"]),
    lineterminator=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
cells = st.text(st.sampled_from("ab1 ,;\t|^~\"'`\\!\n\r\u00e9\u1ec7\U0001f600"), max_size=6)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables, dialect=dialects, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_table_in_any_dialect_is_read_back_as_it_was(
    file: Path, rows: list[list[str]], dialect: dict[str, object], encoding: str
) -> None:
    header = [f"column {number}" for number in range(len(rows[0]))]
    if dialect["quoting"] == csv.QUOTE_MINIMAL:  # Python's writer leaves line ends other than its own without quotes
        end = str(dialect["lineterminator"])
        rows = [[re.sub("\r\n|\r|\n", end, cell) for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows([header, *rows])  # type: ignore[arg-type]  # the csv module's own options
    table = read(
        file,
        text.getvalue().encode(encoding),
        delimiter=dialect["delimiter"],
        quote=dialect["quotechar"],
        escape=dialect["escapechar"],
    )
    assert table.header == header
    assert table.cells == [row for row in rows if any(cell.strip() for cell in row)]
    assert not table.flaws


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet='ab",\n\r\0\u00e9\ufeff ;', max_size=200), quote=st.sampled_from(['"', ""]))
def test_every_line_of_any_text_is_in_exactly_one_record_or_blank(file: Path, text: str, quote: str) -> None:
    table = read(file, f"a,b\n{text}", quote=quote, delimiter=",")
    in_records = [line for row in table.rows for line in lines_of(row.text)]
    for line in lines_of(text):
        if in_records and in_records[0] == line:
            in_records.pop(0)
        else:
            assert not line.strip(' ,"\r\n')
    assert in_records == []
    assert all(earlier.line < later.line for earlier, later in pairwise(table.rows))


def lines_of(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused_in_a_sentence(file: Path, content: bytes) -> None:
    with suppress(UnreadableFile):
        read(file, content)


pasted = st.lists(st.sampled_from(["A-9,Closed\n", 'A-8,"x"\n', "A-7", '"', ",", "\n", '""', '"\n']), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from(["T1", "T2"]), pasted.map("".join)), min_size=1, max_size=6),
    lost=st.none() | st.integers(0, 200),
)
def test_pasted_lines_never_become_rows_not_even_when_the_file_is_cut_off(
    file: Path, rows: list[tuple[str, str]], lost: int | None
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("ticket", "note"), *rows])
    whole = text.getvalue()
    table = read(file, whole[: whole.index("\n") + 1 + (len(whole) if lost is None else lost)], delimiter=",")
    if lost is None:
        assert [tuple(cells) for cells in table.cells] == rows
    assert {cells[0] for cells in table.cells} <= {"T1", "T2"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_known_by_its_zero_bytes(file: Path, encoding: str) -> None:
    table = read(file, "ticket;note\nT1;Hạnh\n".encode(encoding))
    assert table.cells == [["T1", "Hạnh"]]
    assert table.read_as == f"CSV separated by semicolons, in {encoding}"


def test_blanks_may_stand_before_the_quotes_of_the_rows_alone(file: Path) -> None:
    table = read(file, 'ticket, status, note\nT1, "Open", "a, b"\nT2, Open, plain\n')
    assert table.cells == [["T1", "Open", "a, b"], ["T2", "Open", "plain"]]


@pytest.mark.parametrize("note", [' "x" y', 'say, ""hello"'])
def test_a_quote_behind_a_blank_that_does_not_quote_its_cell_is_a_letter(file: Path, note: str) -> None:
    table = read(file, f"ticket;status;note\nT1;Open;{note}\nT2;Closed;\n", delimiter=";")
    assert [cells[-1] for cells in table.cells] == [note, ""]
    assert [row.flaw for row in table.rows] == [None, None]


def test_a_file_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="It has 10,001 columns, at most 10,000 are read"):
        read(tmp_path / "in.csv", b"a," * 10_000 + b"b\n")
