"""Mapping files of imports, as text."""

from pathlib import Path

import pytest

from api.importing.mapping import MappingError, read_mapping

MAPPING = """
source = "old-desk"
ticket = "ticket"
actor = "agent"
customer = "customer"
[time]
column = "time"
[state]
column = "status"
[state.values]
New = "received"
Active = "in_progress"
Waiting = "waiting:customer"
Resolved = "resolved"
Closed = "closed"
[assignment]
team = "team"
agent = "agent"
[category]
column = "category"
[priority]
column = "priority"
[channel]
column = "channel"
"""

GOOD = """
source = "desk"
ticket = "id"
[time]
column = "at"
[state]
column = "status"
[state.values]
New = "received"
"""


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as error:
        read_mapping(path)
    return str(error.value)
