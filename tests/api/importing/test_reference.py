"""The reference page of a file's shape names every key, and its examples load."""

import re
import tomllib
from pathlib import Path

from api.importing.file_format import FileFormat

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "mapping-file-shape.md").read_text(encoding="utf-8")


def test_every_key_has_an_example_that_loads() -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    keys = [key for example in examples for key in FileFormat.model_validate(tomllib.loads(example)).model_fields_set]
    assert sorted(keys) == sorted(FileFormat.model_fields)
    assert all(f"`{key}`:" in PAGE for key in FileFormat.model_fields)
