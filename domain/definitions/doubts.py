"""What of a definition has no effect, though the file can be used: a doubt that its author is told of."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from domain.customer.phone_key import REGIONS
from domain.definitions.definition_file import WrittenDefinition
from domain.tenant_settings import TenantSettings
from domain.toml_file import FileProblem, problem_at
from domain.toml_text import KeyPath, TomlLines


def warnings(file: WrittenDefinition, text: str) -> list[FileProblem]:
    """The parts of the body without effect, by line. The file can be used nevertheless."""
    doubts = _DOUBTS.get(file.kind.name)
    if doubts is None:
        return []
    lines = TomlLines(text)
    return sorted(problem_at(lines, ("body", *path), reason) for path, reason in doubts(file.body))


def _of_settings(body: TenantSettings) -> Iterator[tuple[KeyPath, str]]:
    region = body.phone_region
    if region not in REGIONS:
        yield (
            ("phone_region",),
            f"no telephone number of {region} is known, so no national one is recognised: write VN or GB, for example",
        )


_DOUBTS: Mapping[str, Callable[[Any], Iterator[tuple[KeyPath, str]]]] = MappingProxyType({"settings": _of_settings})
