"""The templates of the screen, and the filters that they use."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api.screen.assets import asset
from api.screen.visit import Visit, Visitor, path_part
from api.screen.words import WORDS
from api.screen.words.example_differences import difference_in
from api.terminal_text import escaped
from domain import readable
from domain.text_by_language import TitleByLanguage
from domain.text_by_language import in_language as title_in
from projections.audit.words import in_language, word_of

_TEMPLATES = Path(__file__).parent / "templates"
_LINK = re.compile(r"""(<a\b[^>]*?)\s+href=("[^"]*"|'[^']*')""")


def render(template: str, visit: Visitor, content: Mapping[str, object]) -> Markup:
    """The HTML of a template. Its text is escaped, and so are direction marks and invisible characters."""
    text = _environment().get_template(template).render(content, visit=visit, w=visit.w, link=visit.link)
    return Markup(text)  # noqa: S704 -- the template has escaped it


def without_links(html: Markup) -> Markup:
    """HTML of this server whose links lead nowhere; their text stays."""
    return Markup(_LINK.sub(r"\1", str(html)))  # noqa: S704 -- it only takes attributes away


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
        auto_reload=False,
    )
    environment.filters |= _FILTERS
    environment.globals["asset"] = asset
    environment.tests["word"] = WORDS.__contains__
    return environment


@pass_context
def _shown(context: Context, value: Any) -> Any:
    """What an expression of a template prints: nothing for None, and text without characters that deceive.

    Where a value was erased, a text has the word of the language.
    """
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return in_language(escaped(value), context["visit"].language)


def _exact(value: object) -> Markup:
    """What a form sends back as it is; nothing for None."""
    return escape("" if value is None else value)


def _of_visit(filtered: Callable[..., str]) -> Callable[..., str]:
    """A filter that takes the visit first; None becomes the sign for no value."""

    @pass_context
    def filter_(context: Context, value: object, *arguments: Any, **options: Any) -> str:
        if value is None:
            return readable.NOTHING
        return filtered(context["visit"], value, *arguments, **options)

    return filter_


def _number(visit: Visitor, value: float, places: int = 2) -> str:
    return readable.number(int(value) if value == int(value) else value, visit.language, places)


def _duration(visit: Visitor, seconds: float) -> str:
    return readable.duration(seconds, visit.language)


def _share(visit: Visitor, numerator: float, denominator: float) -> str:
    return readable.share(numerator, denominator, visit.language)


def _money(visit: Visitor, amount: float, currency: str | None) -> str:
    return readable.money(amount, currency, visit.language)


def _minute(visit: Visit, at: datetime) -> str:
    return readable.minute(visit.local(at), visit.language)


def _day(visit: Visit, value: date) -> str:
    return readable.day(visit.local(value).date() if isinstance(value, datetime) else value, visit.language)


def _clock(visit: Visit, at: datetime) -> str:
    """The local time of the day, with seconds."""
    return f"{visit.local(at):%H:%M:%S}"


def _second(visit: Visit, at: datetime) -> str:
    """The local day and time, with seconds."""
    return readable.second(visit.local(at), visit.language)


def _time(visit: Visit, at: datetime) -> Markup:
    """A <time> element: the local minute, with the exact instant in its attribute."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), _minute(visit, at))


def _code(visit: Visitor, code: str, vocabulary: str) -> str:
    """A code of a vocabulary in words."""
    return word_of(vocabulary, code, visit.language)


def _title(visit: Visitor, title: TitleByLanguage | str) -> str:
    """A title that may have a text in each language."""
    return title_in(title, visit.language)


def _difference(visit: Visitor, said: str) -> Markup | str:
    """Where an answer differs from that of a worked example; marked where there is only the English sentence."""
    words = difference_in(said, visit.language)
    return Markup('<span lang="en">{}</span>').format(escaped(said)) if words is None else words


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "exact": _exact,
    "path_part": path_part,
    "number": _of_visit(_number),
    "duration": _of_visit(_duration),
    "share": _of_visit(_share),
    "money": _of_visit(_money),
    "minute": _of_visit(_minute),
    "day": _of_visit(_day),
    "code": _of_visit(_code),
    "in_language": _of_visit(_title),
    "difference": _of_visit(_difference),
    "clock": _of_visit(_clock),
    "second": _of_visit(_second),
    "time": _of_visit(_time),
}
