"""The text of a version as the file that would publish it, and the texts of shipped files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

from api.configured.readable_content import readable_content
from api.configured.toml_writer import toml_text
from api.configured.versions import (
    CALENDAR,
    POLICY,
    ConfigurationEvents,
    ConfiguredVersion,
    configured_versions,
    says_the_same,
    version_in_effect,
)
from domain.definitions.definition_file import read_definition_file
from domain.definitions.kind import TENANT
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.messages import Message
from domain.text_folding import fold_name

_SUFFIX = ".toml"


def file_text(version: ConfiguredVersion, country: str | None = None) -> str:
    """The text without worked examples, which are not published. ``country`` is the tenant's, such as VN."""
    content = readable_content(version, country)
    if version.kind == POLICY:
        return toml_text({"policy": content})
    if version.kind == CALENDAR:
        return toml_text(content)
    name = {} if version.name == TENANT else {"name": version.name}
    head = toml_text({"kind": version.kind, **name})
    return f"{head}\n{toml_text({'body': content}).lstrip()}"


@cache
def shipped_text(kind: str, name: str) -> str | None:
    """The text of the file that comes with the program under a kind and a folded name; None where there is none."""
    return next((text for shipped, text in _shipped(kind) if fold_name(shipped) == name), None)


@cache
def shipped_bodies() -> Sequence[tuple[str, str, Message]]:
    """The kind, the name and the body of each definition that takes effect when it is adopted."""
    return [
        (kind, name, read_definition_file(text).body)
        for kind in kinds_shipped()
        for name, text in shipped_files(kind).items()
    ]


def waiting_to_be_adopted(published: ConfigurationEvents, at: datetime) -> Iterator[tuple[str, str, Message]]:
    """Those of them that are not in effect as they are shipped."""
    for kind, name, body in shipped_bodies():
        if not is_in_effect(published, kind, name, body, at):
            yield kind, name, body


def is_in_effect(published: ConfigurationEvents, kind: str, name: str, body: Message, at: datetime) -> bool:
    """Whether the version in effect at an instant has this content."""
    current = version_in_effect(configured_versions(published, kind, name), at)
    return current is not None and says_the_same(current, body)


def _shipped(kind: str) -> Iterator[tuple[str, str]]:
    yield from shipped_files(kind).items()
    if kind == POLICY:
        yield TENANT, (files("api") / "policies" / "handbook.toml").read_text(encoding="utf-8")
    elif kind != CALENDAR:
        for file in sorted((files("api") / "definitions").iterdir(), key=lambda file: file.name):
            if file.name.endswith(_SUFFIX):
                text = file.read_text(encoding="utf-8")
                written = read_definition_file(text)
                if written.kind.name == kind:
                    yield written.name, text
