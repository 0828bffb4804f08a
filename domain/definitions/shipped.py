"""The definition files that come with the program and take effect when they are adopted, that is, published."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_FOLDERS: Mapping[str, str] = MappingProxyType({"automation": "domain.automation", "procedure": "domain.procedure"})
"""The packages whose folder ``shipped`` holds the files of a kind, each named as its definition."""
_SUFFIX = ".toml"


def kinds_shipped() -> tuple[str, ...]:
    """The kinds of definitions that have such files."""
    return tuple(_FOLDERS)


@cache
def shipped_files(kind: str) -> Mapping[str, str]:
    """The texts of the files of a kind by the names of their definitions, in order; none for a kind without such."""
    if kind not in _FOLDERS:
        return MappingProxyType({})
    folder = files(_FOLDERS[kind]) / "shipped"
    if not folder.is_dir():
        return MappingProxyType({})
    shipped = sorted((file for file in folder.iterdir() if file.name.endswith(_SUFFIX)), key=lambda file: file.name)
    return MappingProxyType({file.name.removesuffix(_SUFFIX): file.read_text(encoding="utf-8") for file in shipped})
