"""The texts of a definition that people read in their language."""

from collections.abc import Mapping
from typing import Annotated, Any, overload

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


def _by_shape(in_both: type[TitleByLanguage | TextByLanguage], in_one: Any) -> WrapValidator:
    """What is wrong is told of the shape that is written, and not of both."""
    text: TypeAdapter[str] = TypeAdapter(in_one)

    def validated(written: Any, _either: Any) -> TitleByLanguage | TextByLanguage | str:
        if isinstance(written, Mapping | in_both):
            return in_both.model_validate(written)
        return text.validate_python(written)

    return WrapValidator(validated)


Title = Annotated[TitleByLanguage | Word, _by_shape(TitleByLanguage, Word)]
"""A title in both languages, or one that everybody reads as it is."""
Description = Annotated[TextByLanguage | Text, _by_shape(TextByLanguage, Text)]
"""What a definition is for: in both languages, or a text that everybody reads as it is."""


@overload
def in_language(text: TitleByLanguage | TextByLanguage | str, language: Language) -> str: ...
@overload
def in_language(text: object, language: Language) -> str | None: ...
def in_language(text: object, language: Language) -> str | None:
    """A title or a description in a language, as a body holds it or as it was recorded; None without one."""
    if isinstance(text, TitleByLanguage | TextByLanguage):
        return text.vi if language == "vi" else text.en
    if isinstance(text, Mapping):
        return text.get(language)
    return text if isinstance(text, str) else None
