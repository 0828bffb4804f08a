"""Each shipped mapping reads its sample: what every row comes to stands beside it, in NAME.expected.txt."""

from pathlib import Path

import pytest

from api.importing.mapping import SHIPPED, ImportMapping, read_mapping
from tests.support.importing.sample_files import as_text, lines_of, read, sample

NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_sample_comes_to_what_stands_beside_it(name: str) -> None:
    path = sample(name)
    outcome = as_text(lines_of(path, read_mapping(Path(name))))
    assert outcome == path.with_suffix(".expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_state_and_priority_in_a_sample_is_known(name: str) -> None:
    mapping = read_mapping(Path(name))
    assert [line.unknown_state for line in lines_of(sample(name), mapping) if line.unknown_state] == []
    header, rows = read(sample(name))
    if mapping.priority.column in header:
        column = header.index(mapping.priority.column or "")
        assert {mapping.priority.word(cells[column] or None) for cells in rows} <= {"P1", "P2", "P3", "P4"}


@pytest.mark.parametrize("name", [name for name in NAMES if read_mapping(Path(name)).optional])
def test_a_list_without_the_optional_columns_comes_in_too(name: str) -> None:
    mapping = read_mapping(Path(name))
    header, rows = read(sample(name))
    optional = set(mapping.optional)
    kept = [index for index, column in enumerate(header) if column not in optional]
    assert mapping.in_file([header[index] for index in kept]).keys() >= {"ticket", "time.created", "state.column"}
    assert len(kept) < len(header) or not rows


def test_every_optional_column_is_read_by_some_key() -> None:
    def unread(mapping: ImportMapping) -> set[str]:
        return set(mapping.optional) - {name for key in mapping.columns().values() for joined in key for name in joined}

    assert {name: unread(read_mapping(Path(name))) for name in NAMES} == {name: set() for name in NAMES}
