"""The texts of a definition that people read in their language."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import TypeAdapter, WrapValidator

from domain.messages import Message, Text, Word
from domain.readable import Language


class TitleByLanguage(Message):
    """What people see of a definition, in their language."""

    vi: Word
    en: Word


class TextByLanguage(Message):
    """What a definition is for, in the language of its reader."""

    vi: Text
    en: Text


_TEXT: TypeAdapter[str] = TypeAdapter(Text)


def _by_shape(written: Any, _either: Any) -> TextByLanguage | str:
    """What is wrong is told of the shape that is written, and not of both."""
    if isinstance(written, Mapping | TextByLanguage):
        return TextByLanguage.model_validate(written)
    return _TEXT.validate_python(written)


Description = Annotated[TextByLanguage | Text, WrapValidator(_by_shape)]
"""What a definition is for: in both languages, or a text that everybody reads as it is."""


def in_language(text: object, language: Language) -> str | None:
    """A title or a description in a language, as a body holds it or as it was recorded; None without one."""
    if isinstance(text, TitleByLanguage | TextByLanguage):
        return text.vi if language == "vi" else text.en
    if isinstance(text, Mapping):
        return text.get(language)
    return text if isinstance(text, str) else None
