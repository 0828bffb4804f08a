"""What is wrong with the fields of a command, in both languages."""

from types import MappingProxyType

from pydantic import ValidationError

from api.cli.usage_error import UsageError
from domain.errors import Reason, message_of
from domain.readable import ByLanguage

NOT_RECORDED: ByLanguage = MappingProxyType({"en": "That cannot be recorded: {}.", "vi": "Không ghi nhận được: {}."})
NO_ACTOR: ByLanguage = MappingProxyType({"en": "--actor says who: {}.", "vi": "--actor cho biết ai: {}."})
NO_REASON: ByLanguage = MappingProxyType({"en": "--reason says why: {}.", "vi": "--reason cho biết vì sao: {}."})


def unusable(sentence: ByLanguage, error: ValidationError, *, named: bool = False) -> UsageError:
    """The sentence with all that is wrong, and with its fields if ``named``.

    Where a part has no Vietnamese words all is English.
    """
    problems = [(".".join(map(str, each["loc"])) if named else "", message_of(each)) for each in error.errors()]
    in_english = "; ".join(_under(field, reason) for field, reason in problems)
    translated = [_under(_label(field), words) for field, why in problems if (words := _in_vietnamese(why))]
    is_whole = len(translated) == len(problems)
    return UsageError(
        sentence["en"].format(in_english), sentence["vi"].format("; ".join(translated)) if is_whole else None
    )


def _under(field: str, words: str) -> str:
    return f"{field}: {words}" if field else words


def _label(field: str) -> str:
    """The Vietnamese name that the field has in a form."""
    from api.screen.words import WORDS, word  # noqa: PLC0415 -- only a failure needs the tables

    label = word(key, "vi") if (key := f"actions.field.{field}") in WORDS else field
    return f"{label[:1].lower()}{label[1:]}"


def _in_vietnamese(reason: Reason) -> str | None:
    from api.refusal_words import rule_in  # noqa: PLC0415 -- only a failure needs the tables
    from api.screen.words.problems_of_texts import reason_in  # noqa: PLC0415

    if (words := reason_in(reason, "vi")) is not None:
        return words
    rule = rule_in(None, reason, "vi")
    return None if rule == rule_in(None, reason, "en") else f"{rule[:1].lower()}{rule[1:]}".removesuffix(".")
