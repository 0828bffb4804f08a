"""The page docs/reference/mapping.md names every key of a mapping, and every mapping in it can be used."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from api.importing.file_format import FileFormat
from api.importing.mapping import SHIPPED, ImportMapping
from api.importing.sections import StateKind

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def keys(model: type[BaseModel]) -> Iterator[str]:
    """The names of all keys of a model and of those in it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from keys(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def keys_in(written: Any) -> Iterator[str]:
    if isinstance(written, dict):
        for key, value in written.items():
            yield key
            yield from keys_in(value)
    elif isinstance(written, list):
        for element in written:
            yield from keys_in(element)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_mapping_in_the_page_can_be_used(block: str) -> None:
    written = tomllib.loads(block)
    assert ImportMapping.model_validate(written).source == written["source"]


def test_every_key_stands_in_a_table_and_in_an_example() -> None:
    named = {part for quoted in re.findall(r"`\[*([a-z_.]+)\]*`", PAGE) for part in quoted.split(".")}
    shown = {key for block in BLOCKS for key in keys_in(tomllib.loads(block))}
    own = set(keys(ImportMapping)) - set(FileFormat.model_fields)  # those have a page of their own
    assert own <= named
    assert own <= shown


def test_every_kind_of_state_and_every_shipped_mapping_is_named() -> None:
    assert [kind for kind in get_args(StateKind) if kind not in PAGE] == []
    assert [path.stem for path in SHIPPED.glob("*.toml") if f"`{path.stem}`" not in PAGE] == []
