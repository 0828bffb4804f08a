"""The forms of the page of keys: what is typed in them, and the key that it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args

from pydantic import ValidationError

from api.api_key_lifecycle import USUAL_BACK_DATING
from api.api_keys import LONGEST_WALL, WALL, Permission
from api.http.session_cookie import SentFields, field_of
from api.terminal_text import holds_unsafe
from domain.command_context import Actor

SCOPES: tuple[str, ...] = tuple(scope for scope in get_args(Permission) if scope != WALL)
KINDS = ("agent", "system", "customer")
BACK_DATING: Mapping[str, timedelta | None] = {
    "1": timedelta(days=1),
    "7": timedelta(days=7),
    "30": timedelta(days=30),
    "unlimited": None,
}
"""The choices beside the usual one of the kind of actor."""
USUAL_DAYS, USUAL_WALL_DAYS, USUAL_OVERLAP_DAYS = 400, 30, 7
LONGEST_DAYS = 4000


class WrongField(Exception):  # noqa: N818 -- an answer to a person
    """A field that cannot be used, by its name. ``longest`` is the largest number of days that it takes."""

    def __init__(self, name: str, longest: int | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.longest = longest


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A key that a form asks for. ``life`` None: until it is revoked. ``back_dating`` None: without limit."""

    actor: Actor
    scopes: Sequence[str]
    acts_for_others: bool
    life: timedelta | None
    back_dating: timedelta | None


def key_request(form: SentFields) -> KeyRequest:
    """The key that the form asks for. Raises WrongField."""
    kind = _one(form, "kind")
    if kind not in KINDS:
        raise WrongField("kind")
    scopes = form.get("scope", ())
    if not scopes or set(scopes) - set(SCOPES):
        raise WrongField("scope")
    actor = _actor(_one(form, "actor"), kind)
    back_dating = _one(form, "back_dating")
    if back_dating not in {"usual", *BACK_DATING}:
        raise WrongField("back_dating")
    return KeyRequest(
        actor=actor,
        scopes=scopes,
        acts_for_others=_one(form, "acts_for_others") == "on",
        life=days_of(form, "days", longest=LONGEST_DAYS, may_be_empty=True),
        back_dating=USUAL_BACK_DATING[actor.kind] if back_dating == "usual" else BACK_DATING[back_dating],
    )


def wall_request(form: SentFields) -> KeyRequest:
    """The link to the wall that the form asks for: a key of a program that reads nothing else. Raises WrongField."""
    actor = _actor(_one(form, "actor"), "system")
    life = days_of(form, "days", longest=LONGEST_WALL.days)
    return KeyRequest(actor, (WALL,), acts_for_others=False, life=life, back_dating=timedelta())


def days_of(
    form: SentFields, name: str, *, longest: int, least: int = 1, may_be_empty: bool = False
) -> timedelta | None:
    """A time in whole days; None for an empty field that may be empty. Raises WrongField."""
    written = _one(form, name)
    if not written and may_be_empty:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= len(str(longest))):
        raise WrongField(name, longest)
    if not least <= int(written) <= longest:
        raise WrongField(name, longest)
    return timedelta(days=int(written))


def _actor(name: str, kind: str) -> Actor:
    if holds_unsafe(name):
        raise WrongField("actor")
    try:
        return Actor.model_validate({"id": name, "kind": kind})
    except ValidationError:
        raise WrongField("actor") from None


def _one(form: SentFields, name: str) -> str:
    return field_of(form, name).strip()
