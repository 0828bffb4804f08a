"""Writes `docs/reference/personal-data.md` from the classes of events: `python -m tests.support.personal_data_page`."""

from pathlib import Path

from domain.event_types import register_event_types
from domain.personal_data.declaration import personal_fields
from domain.personal_data.not_personal import CLASSES, FIELDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "personal-data.md"
_HEAD = """# Personal data

Written by `python -m tests.support.personal_data_page` from the classes of events. The fields below are stored
encrypted in a tenant that is [encrypted](../how-to/encrypt.md). Of every event, the reason is personal too, and the
actor with the person that it acts for, where a customer acts.

## Encrypted fields

| topic | field | reads as, once erased |
|---|---|---|
"""
_FIELDS = """
## Fields with words that are not personal

| field | why |
|---|---|
"""
_CLASSES = """
## Topics without personal data

| topic | why |
|---|---|
"""


def page() -> str:
    """The page."""
    personal = [
        f"| `{topic}` | `{name}` | {_shown(erased)} |"
        for topic, cls in sorted(register_event_types().items())
        for name, erased in personal_fields(cls).items()
    ]
    fields = [f"| `{name}` | {why} |" for name, why in sorted(FIELDS.items())]
    classes = [f"| `{topic}` | {why} |" for topic, why in sorted(CLASSES.items())]
    return "".join(
        f"{head}{chr(10).join(rows)}\n" for head, rows in ((_HEAD, personal), (_FIELDS, fields), (_CLASSES, classes))
    )


def _shown(erased: object) -> str:
    return "nothing" if erased is None or erased in ({}, ()) else f"`{erased}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
