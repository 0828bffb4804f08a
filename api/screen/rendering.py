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

from api import readable
from api.screen.assets import asset
from api.screen.visit import Visit, Visitor, path_part
from api.screen.words import WORDS
from api.terminal_text import escaped
from projections.audit.words import in_language, word, word_of

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, visit: Visitor, content: Mapping[str, object]) -> Markup:
    """The HTML of a template. Its text is escaped, and so are direction marks and invisible characters."""
    text = _environment().get_template(template).render(content, visit=visit, w=visit.w, link=visit.link)
    return Markup(text)  # noqa: S704 -- the template has escaped it


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


def _shown(value: Any) -> Any:
    """What an expression of a template prints: nothing for None, and text without characters that deceive."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return escaped(value) if isinstance(value, str) else value


def _exact(value: object) -> Markup:
    """What a form sends back as it is; nothing for None."""
    return escape("" if value is None else value)


@pass_context
def _erased(context: Context, text: str | None) -> str | None:
    """A text in which the language has its word where a value was erased."""
    return None if text is None else in_language(text, context["visit"].language)


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


def _percentage(visit: Visitor, ratio: float) -> str:
    return readable.percentage(ratio, visit.language)


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


def _time(visit: Visit, at: datetime) -> Markup:
    """A <time> element: the local minute, with the exact instant in its attribute."""
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), _minute(visit, at))


def _code(visit: Visitor, code: str, vocabulary: str | None = None) -> str:
    """A code of the log in words, or of one vocabulary."""
    return word_of(vocabulary, code, visit.language) if vocabulary else word(code, visit.language)


def _without_links(html: Markup) -> Markup:
    """HTML of this server whose links lead nowhere; their text stays."""
    return Markup(_LINK.sub(r"\1", str(html)))  # noqa: S704 -- it only takes attributes away


_LINK = re.compile(r"""(<a\b[^>]*?)\s+href=("[^"]*"|'[^']*')""")
_FILTERS: Mapping[str, Callable[..., Any]] = {
    "exact": _exact,
    "path_part": path_part,
    "number": _of_visit(_number),
    "duration": _of_visit(_duration),
    "percentage": _of_visit(_percentage),
    "share": _of_visit(_share),
    "money": _of_visit(_money),
    "minute": _of_visit(_minute),
    "day": _of_visit(_day),
    "erased": _erased,
    "code": _of_visit(_code),
    "clock": _of_visit(_clock),
    "time": _of_visit(_time),
    "without_links": _without_links,
}
