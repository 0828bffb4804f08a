"""JSON lines, arrays and documents: nested values stand under dotted names, and no name or value is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing.readers import json_file
from api.importing.rows import UnreadableFile
from tests.support.importing.files import Read, read

RECORDS = [
    {"id": 1, "via": {"channel": "email", "source": {"from": "An"}}, "tags": ["a", {"b": 1.10}], "open": True},
    {"id": 2, "note": None, "size": 1.50, "empty": [], "text": 'a "b"'},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.json"


def dicts(table: Read) -> list[dict[str, str]]:
    """The cells of each row that are not empty, by name."""
    return [{name: cell for name, cell in zip(table.header, row, strict=True) if cell} for row in table.cells]


EXPECTED = [
    {"id": "1", "via.channel": "email", "via.source.from": "An", "tags": '["a", {"b": 1.1}]', "open": "true"},
    {"id": "2", "size": "1.5", "text": 'a "b"'},
]


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        ("\n".join(map(json.dumps, RECORDS)), "JSON lines, in utf-8"),
        (json.dumps(RECORDS), "JSON array"),
        (json.dumps(RECORDS, indent=2), "JSON array"),
        (json.dumps({"count": 2, "tickets": RECORDS, "next": None}), "JSON, the records in 'tickets'"),
        (json.dumps({"meta": {"page": [{}]}, "tickets": RECORDS}, indent=1), "JSON, the records in 'tickets'"),
    ],
)
def test_records_are_found_in_any_shape_of_json(file: Path, content: str, read_as: str) -> None:
    table = read(file, content)
    assert (dicts(table), table.read_as) == (EXPECTED, read_as)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_in_another_encoding_is_read(file: Path, encoding: str) -> None:
    for content in ('[{"a": "ệ"}]', '{"a": "ệ"}\n{"a": "ệ"}\n', '{"x": [{"a": "ệ"}]}'):
        assert read(file, content.encode(encoding)).cells[0] == ["ệ"]


def test_the_array_is_the_one_that_is_named(file: Path) -> None:
    content = json.dumps({"users": [{"name": "An"}], "data": {"tickets": RECORDS}})
    assert dicts(read(file, content, records="data.tickets")) == EXPECTED
    assert read(file, content).header == ["name"]
    with pytest.raises(UnreadableFile, match=r"has no records in 'data.issues', which must be the path"):
        read(file, content, records="data.issues")
    with pytest.raises(UnreadableFile, match=r"name its path as `records`"):
        read(file, json.dumps({"data": {"tickets": RECORDS}}, indent=1))


def test_names_of_any_record_are_columns_and_repeated_ones_have_names_of_their_own(file: Path) -> None:
    table = read(file, '{"a": 1, "a": 2, "b.c": 3, "b": {"c": 4}}\n{"A": 5, "z": 6}\n')
    assert table.header == ["a", "a (2)", "b.c", "b.c (2)", "A (3)", "z"]
    assert table.cells == [["1", "2", "3", "4", "", ""], ["", "", "", "", "5", "6"]]
    assert dicts(read(file, '[{"a": 1, "a": 2, "b": [{"x": 1, "x": 2}]}]')) == [
        {"a": "1", "a (2)": "2", "b": '[{"x": 1, "x": 2}]'}
    ]


def test_numbers_are_kept_as_they_are_written(file: Path) -> None:
    content = '{"a": 12345678901234567890123, "b": 1.10, "c": 1e2, "d": -0}\n{}\n'
    assert read(file, content).cells[0] == ["12345678901234567890123", "1.10", "1E+2", "-0"]
    assert read(file, "[" + content.split("\n", maxsplit=1)[0] + "]").cells[0][:2] == [
        "12345678901234567890123",
        "1.10",
    ]


def test_a_line_that_is_no_object_is_unreadable_and_takes_no_other_with_it(file: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    table = read(file, b'{"a": 1}\n{"a": \n[1]\n{"a": "\xff"}\n' + f'{{"a": {deep}}}\n'.encode() + b'\n{"a": 2}\n')
    assert table.cells == [["1"], ["2"]]
    assert {line: flaw.split(":")[0] for line, flaw in table.flaws.items()} == {
        2: "is not JSON from its character 8 on",
        3: "is no JSON object",
        4: "holds bytes that are not in the encoding of the file; name the right `encoding` in the mapping, such as"
        " cp1258 or cp1252",
        5: "is nested too deeply",
    }


def test_a_number_with_an_exponent_beyond_every_measure_takes_no_other_line_with_it(file: Path) -> None:
    number = '{"a": {"b": [1e99999999999999999999]}}'
    table = read(file, f'{{"a": 1}}\n{number}\n{{"a": 2}}\n')
    assert table.cells == [["1"], ["2"]]
    assert table.flaws == {2: "holds a number whose exponent is out of range"}
    with pytest.raises(UnreadableFile, match="cannot be read as JSON after its record 1:"):
        read(file, f'[{{"a": 1}}, {number}, {{"a": 2}}]')
    with pytest.raises(UnreadableFile, match="export it again"):
        read(file, f'{{"x": [{number}]}}')


def test_an_element_that_is_no_object_is_unreadable(file: Path) -> None:
    assert read(file, '[{"a": 1}, 2, [3]]').flaws == {2: "is no JSON object", 3: "is no JSON object"}


def test_a_document_that_breaks_off_is_refused_and_nothing_is_taken_of_it(file: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read as JSON after its record 2"):
        read(file, '[{"a": 1}, {"a": 2}, {"a"')
    with pytest.raises(UnreadableFile, match="begins like JSON and breaks off or is damaged: export it again"):
        read(file, '{"a": 1\n')


def test_a_record_or_a_number_of_columns_beyond_every_measure_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_file, "MOST_COLUMNS", 3)
    with pytest.raises(UnreadableFile, match="more than 3 different names"):
        read(file, '{"a": 1, "b": 2}\n{"c": 3, "d": 4}\n')
    monkeypatch.setattr(json_file, "LARGEST_RECORD", 50)
    rows = read(file, f'{{"a": 1}}\n{{"a": "{"x" * 120}"}}\n{{"a": 3}}\n').rows
    assert [(row.line, row.flaw is None) for row in rows] == [(1, True), (2, False), (2, False), (2, False), (3, True)]
    with pytest.raises(UnreadableFile, match="One of its records is longer"):
        read(file, f'[{{"a": "{"x" * 200_000}"}}]')


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text('ab.\u1ec7"\\\n', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=2), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(st.dictionaries(st.text("abc", min_size=1, max_size=2), values, max_size=4), max_size=4))
def test_every_value_of_any_records_is_in_a_cell_and_every_shape_says_the_same(
    file: Path, records: list[dict[str, Any]]
) -> None:
    records = [{"id": "x"}, *records]
    array = read(file, json.dumps(records))
    lines = read(file, "".join(json.dumps(record) + "\n" for record in records) + "{}\n")
    assert array.header == lines.header
    assert array.cells == lines.cells[:-1]
    filled = [sum(bool(cell) for cell in row) for row in array.cells]
    assert filled == [count(record) for record in records]


def count(value: Any) -> int:
    """How many cells a value fills."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    return value is not None and value not in ([], "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text('[]{}:,"ab1 \n\\u', max_size=60))
def test_any_text_that_begins_like_json_is_read_or_refused(file: Path, text: str) -> None:
    for begins in ("[{", '{"a"'):
        try:
            read(file, begins + text)
        except UnreadableFile as error:
            assert str(error).startswith(str(file))  # noqa: PT017 -- it need not be raised


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"9" * 100_000, "a number of more than 4,000 digits"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested more than 10,000 deep"),
        (b"[" * 100_000 + b"]" * 100_000, "nested more than 10,000 deep"),
    ],
)
@pytest.mark.parametrize("before", [b"", b'{"a": "' + b"x" * 200_000 + b'"},'])
def test_what_the_parser_cannot_bear_is_refused_before_it_comes_to_it(
    file: Path, value: bytes, says: str, before: bytes
) -> None:
    with pytest.raises(UnreadableFile, match=says):
        read(file, b"[" + before + b'{"a": ' + value + b"}]")


def test_what_the_parser_bears_is_read(file: Path) -> None:
    number = "9" * 4_000
    records = b",".join([b'{"a": ' + number.encode() + b', "b": ":[ {"}'] * 40)  # more than is read at once
    table = read(file, b"[" + records + b"]")
    assert (len(table.cells), table.cells[-1]) == (40, [number, ":[ {"])


class CountedName(str):
    """Counts the names that are made of it."""

    __slots__ = ()
    made = 0

    def __format__(self, spec: str) -> str:
        CountedName.made += 1
        return super().__format__(spec)


def test_what_a_repeated_name_costs_does_not_grow_with_its_repetitions(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = CountedName("a")
    monkeypatch.setattr(json_file, "_flat", lambda *_: iter([(name, "x")] * 500))
    monkeypatch.setattr(CountedName, "made", 0)
    table = read(file, b'[{"a": 1}]')
    assert table.header[-1] == "a (500)"
    assert CountedName.made < 2_000
