"""Keys that say how a file is to be read are checked before the file is."""

from pathlib import Path

import pytest

from tests.support.mapping_texts import GOOD, refused


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ('encoding = "utf-88"', "`encoding` is 'utf-88': it is not known; write one like utf-8, cp1258"),
        ('encoding = "base64"', "`encoding` is 'base64': it is not known"),
        ('encoding = "idna"', "it is not known"),
        ('encoding = "undefined"', "it is not known"),
        ('encoding = "utf\\u0000"', "it is not known"),
        ('delimiter = ";;"', "`delimiter` is ';;': write one character"),
        ('delimiter = "\\n"', "`delimiter` is '\\n'"),
        ('delimiter = "\\""', "`delimiter`, `quote` and `escape` must be different characters"),
        ('escape = "\\""', "must be different characters"),
        ('quote = "ab"', "`quote` is 'ab': write one character"),
        ("skip_lines = -1", "`skip_lines` is -1"),
        ('sheet = ""', "`sheet`"),
        ('records = ""', "`records`"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_its_fix(tmp_path: Path, key: str, says: str) -> None:
    assert says in refused(tmp_path, f"{key}\n{GOOD}")
