"""Every column of a file has a name of its own, and a mapping finds it however it is spelled."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing import columns
from api.importing.columns import missing_column, unique_names
from api.importing.mapping import ImportMapping
from domain.text_folding import fold_code


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["Comment", "Comment", "Comment"], ["Comment", "Comment (2)", "Comment (3)"]),
        (["Comment", "Comment", "Comment (2)"], ["Comment", "Comment (3)", "Comment (2)"]),
        (["Note", "note ", "NOTE"], ["Note", "note (2)", "NOTE (3)"]),
        (["a", "", " ", "b", ""], ["a", "column 2", "column 3", "b", "column 5"]),
        (["column 2", ""], ["column 2", "column 2 (2)"]),
    ],
)
def test_repeated_and_empty_names_become_names_of_their_own(written: list[str], names: list[str]) -> None:
    assert unique_names(written) == names


@given(st.lists(st.sampled_from(["", "a", "A", "a (2)", "a (3)", "column 2", "é", "e\u0301"]), max_size=12))
def test_no_two_names_are_the_same_folded_and_a_name_written_once_stays(written: list[str]) -> None:
    names = unique_names(written)
    assert len({fold_code(name) for name in names}) == len(written)
    folded = [fold_code(name) for name in written]
    once = [name for name in written if name and folded.count(fold_code(name)) == 1]
    assert [unique for unique, name in zip(names, written, strict=True) if name in once] == once


@pytest.mark.parametrize("written", [normalize("NFD", "Trạng thái"), "TRẠNG\u00a0THÁI", "\ufeffTrạng  thái "])
def test_a_name_is_found_however_it_is_spelled(written: str) -> None:
    states = mapping(state={"column": "Trạng thái", "values": {}})
    assert states.in_file(["ticket", written, "time"])["state.column"] == [[1]]


def test_a_name_that_is_not_there_is_named_with_its_key_and_those_that_come_near() -> None:
    message = missing_column("state.column", "Statut", ["id", "Status", "Zeit"])
    assert message == (
        "The mapping's key `state.column` names the column 'Statut', which the file does not have;"
        " it has: id, Status, Zeit. Did you mean 'Status'?"
        " `import FILE --guess` drafts a mapping with the names of this file."
    )


def test_of_a_header_that_is_very_long_as_much_is_said_as_a_person_reads() -> None:
    message = missing_column("ticket", "id", ["[" * 100_000, *(f"c{number}" for number in range(9_999))])
    assert "[" * 200 + "..., c0, c1, " in message
    assert ", c198, .... `import" in message
    assert len(message) < 3_000


def mapping(**changed: object) -> ImportMapping:
    return ImportMapping.model_validate({"source": "s", "ticket": "ticket", "time": {"column": "time"}} | changed)


def test_what_a_repeated_name_costs_does_not_grow_with_its_repetitions(monkeypatch: pytest.MonkeyPatch) -> None:
    folded: list[str] = []

    def counted(name: str) -> str:
        folded.append(name)
        return fold_code(name)

    monkeypatch.setattr(columns, "fold_code", counted)
    assert unique_names(["a"] * 1_000)[-1] == "a (1000)"
    assert len(folded) < 10_000
