"""The templates that come with the program, each in a TOML file of its name with a worked example."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from domain.template.definition import Template
from domain.toml_text import read_toml

_FOLDER = files("domain.template") / "shipped"
_SUFFIX = ".toml"


class ShippedTemplates(Mapping[str, Template]):
    """By name. A file is read when its template is asked for."""

    def __getitem__(self, name: str) -> Template:
        if name not in _names():
            raise KeyError(name)
        return _read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _FOLDER.iterdir() if file.name.endswith(_SUFFIX)))


@cache
def _read(name: str) -> Template:
    text = (_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8")
    return Template.model_validate(read_toml(text)["body"])
