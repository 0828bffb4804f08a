"""A file that is imported and projected without the command line."""

from collections.abc import Sequence
from pathlib import Path

import psycopg

from api.importing.importer import import_file
from api.importing.mapping import read_mapping
from api.importing.outcome import ImportResult
from tests.support.catching_up import catch_up
from tests.support.importing.histories import write
from tests.support.mapping_texts import MAPPING


def imported_into(dsn: str, file: Path, mapping: str, rejects: Path) -> ImportResult:
    """Imports a file into the default tenant, brings the projections up to it, and returns what the import says."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        outcome = import_file(connection, "default", file, read_mapping(Path(mapping)), rejects)
    catch_up(dsn)
    return outcome


def mapped_history(dsn: str, folder: Path, rows: Sequence[Sequence[str]]) -> None:
    """Imports rows by the mapping of `mapping_texts`; none is rejected."""
    file, mapping = folder / "history.csv", folder / "map.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    write(file, rows)
    assert imported_into(dsn, file, str(mapping), folder / "rejects.csv").rejected == 0
