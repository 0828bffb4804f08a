"""The pins of the requirements locks."""

import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-export.lock")


def text_of(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pinned_in(text: str) -> dict[str, Requirement]:
    """The pins of a lock by canonical name."""
    lines = re.findall(r"^([A-Za-z0-9].*?) ?\\?$", text, re.MULTILINE)
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, lines)}


def version_of(pin: Requirement) -> str:
    """The pinned version of a package."""
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return specifier.version
