"""How two versions of something published differ, as `definition diff` and `sla diff` show it."""

from collections.abc import Mapping
from typing import Any

from api.cli.printing import show_json, show_table
from api.cli.usage_error import UsageError
from domain.definitions.diff import differences
from domain.messages import Message


def show_difference(contents: Mapping[int, Message | Mapping[str, Any]], old: int, new: int, *, as_json: bool) -> None:
    """Shows how the contents of two versions differ. Raises UsageError for a version that is not there."""
    for version in (old, new):
        if version not in contents:
            numbers = ", ".join(map(str, contents))
            raise UsageError(
                f"There is no version {version}: choose two of {numbers}."
                if len(contents) > 1
                else f"There is no version {version}: version {numbers} is the only one, so nothing differs yet.",
                f"Không có phiên bản {version}: hãy chọn hai trong các phiên bản {numbers}."
                if len(contents) > 1
                else f"Không có phiên bản {version}: mới có phiên bản {numbers}, chưa có gì để so sánh.",
            )
    rows = differences(contents[old], contents[new])
    if as_json:
        show_json(rows)
    else:
        show_table(f"Version {old} and version {new}", [dict(row) for row in rows], "say the same")
