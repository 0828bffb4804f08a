"""The key of a telephone number: E.164, with the extension behind it."""

import re
from datetime import date
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.shortnumberinfo import is_valid_short_number

from domain.customer.phone_notes import without_notes
from domain.customer.vietnamese_numbers import in_todays_form
from domain.text_folding import fold_code

_VIETNAM, _BRAZIL = 84, 55
_NOBODY = frozenset({PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
"""Types of numbers that belong to services, such as 1800 and 1900 in Viet Nam."""
_SOMEBODY = (
    PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER, PhoneNumberType.UAN, PhoneNumberType.VOICEMAIL,
)  # fmt: skip
"""Types of numbers that may belong to a customer."""
_LONGEST_EXTENSION = 6
"""Digits. Behind a semicolon more of them are another number."""
_MOBILE = re.compile(r"(\+84|0)([35789][0-9]{8})")
"""A Vietnamese mobile number in today's form. The library says the same of each."""
_SEPARATORS = str.maketrans("", "", " .-")
_ANONYMOUS = "266696687"
"""ANONYMOUS on a telephone's keys: what switches send for a withheld number."""
_INTERNATIONAL = "00"
REGIONS: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""The ISO codes of the countries whose national numbers can be read."""


def phone_key(handle: str, region: str, written_on: date | None = None) -> str | None:
    """The number in E.164, and its extension after ``;ext=``; None when it identifies nobody.

    ``region`` is the ISO country of national numbers. Services, short codes and withheld numbers identify nobody.
    """
    written = fold_code(handle)
    if written_on is None and (mobile := _MOBILE.fullmatch(written.translate(_SEPARATORS))):
        prefix, number = mobile.groups()
        if prefix == "+84" or region == "VN":
            return f"+84{number}"
    return library_key(written, region, written_on)


def phone_key_beside_notes(handle: str, region: str, written_on: date | None = None) -> str | None:
    """The same where words stand beside the number, which are no part of it, and where ``00`` stands for a plus.

    Words for digits, as in 212-GOT-MILK, identify nobody: they look like notes. Nor can the digits of a note.
    """
    number = without_notes(fold_code(handle))
    if number.startswith(_INTERNATIONAL):
        with_plus = phone_key(f"+{number.removeprefix(_INTERNATIONAL)}", region, written_on)
        if with_plus is not None:
            return with_plus
    return phone_key(number, region, written_on)


@lru_cache(4_096)
def library_key(written: str, region: str, written_on: date | None = None) -> str | None:
    """The same for a folded handle by the library alone, which takes twenty times as long."""
    if written.lstrip("+") == _ANONYMOUS:
        return None
    try:
        parsed = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    number = _in_todays_form(parsed, written_on)
    extension = parsed.extension or ""
    if len(extension) > _LONGEST_EXTENSION or not _is_somebodys(number):
        return None
    key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{key};ext={extension}" if extension else key


def _is_somebodys(number: PhoneNumber) -> bool:
    """Whether the number is whole, with its area code, and that of no service and no short code."""
    kind = phonenumbers.number_type(number)
    if kind != PhoneNumberType.UNKNOWN:
        return kind not in _NOBODY
    return not is_valid_short_number(number) and any(
        phonenumbers.is_possible_number_for_type_with_reason(number, other) == ValidationResult.IS_POSSIBLE
        for other in _SOMEBODY
    )


def _in_todays_form(number: PhoneNumber, written_on: date | None) -> PhoneNumber:
    national = phonenumbers.national_significant_number(number)
    if number.country_code == _VIETNAM:
        national = in_todays_form(national, written_on)
    elif number.country_code == _BRAZIL:
        national = _with_ninth_digit(national)
    else:
        return number
    return PhoneNumber(country_code=number.country_code, national_number=int(national))


def _with_ninth_digit(national: str) -> str:
    """A Brazilian mobile number of 8 digits behind the area code with the 9 that all have had since 2016."""
    area, subscriber = national[:2], national[2:]
    return f"{area}9{subscriber}" if len(subscriber) == 8 and subscriber[0] in "6789" else national  # noqa: PLR2004 -- the old length
