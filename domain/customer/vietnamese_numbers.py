"""Old Vietnamese telephone numbers in today's form.

Mobile numbers of 11 digits have had 10 since September 2018 (decision 798/QĐ-BTTTT of 2018). Area codes of land-lines
changed in three steps in 2017 (decision 2036/QĐ-BTTTT of 2016). Numbers are national ones without the trunk zero.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

MOBILE_PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
        "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
        "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
        "186": "56", "188": "58",
        "199": "59",
    }
)  # fmt: skip
"""The 21 prefixes of 11-digit mobile numbers: Mobifone, Vinaphone, Viettel, Vietnamobile and Gmobile."""
_OLD_MOBILE_DIGITS = 10
"""Eleven with the trunk zero."""

AREA_CODES: Mapping[date, Mapping[str, str]] = MappingProxyType(
    {
        date(2017, 2, 11): {
            "22": "212", "231": "213", "20": "214", "230": "215", "29": "216", "52": "232", "53": "233", "54": "234",
            "510": "235", "511": "236", "37": "237", "38": "238", "39": "239",
        },
        date(2017, 4, 15): {
            "33": "203", "240": "204", "25": "205", "26": "206", "27": "207", "280": "208", "281": "209", "320": "220",
            "321": "221", "241": "222", "31": "225", "351": "226", "36": "227", "350": "228", "30": "229", "780": "290",
            "781": "291", "710": "292", "711": "293", "74": "294", "76": "296", "77": "297", "79": "299",
        },
        date(2017, 6, 17): {
            "4": "24", "8": "28", "61": "251", "62": "252", "64": "254", "55": "255", "56": "256", "57": "257",
            "58": "258", "68": "259", "60": "260", "501": "261", "500": "262", "63": "263", "59": "269", "70": "270",
            "651": "271", "72": "272", "73": "273", "650": "274", "75": "275", "66": "276", "67": "277",
        },
    }
)  # fmt: skip
"""The new code of each old one, by the day from which it counts. Four provinces kept theirs."""
_SUBSCRIBER_DIGITS: Mapping[int, frozenset[int]] = MappingProxyType(
    {1: frozenset({8}), 2: frozenset({6, 7}), 3: frozenset({6, 7})}
)
"""The lengths of a subscriber's number, by the length of the old area code."""
_MOBILE_SINCE_2016 = ("88", "89")
"""Mobile numbers that began while 8 was the code of Ho Chi Minh City, whose own numbers never began so."""


def in_todays_form(number: str, written_on: date | None) -> str:
    """The number as it is dialled today. Area codes are translated for numbers that were written on an old day."""
    if len(number) == _OLD_MOBILE_DIGITS and number[:3] in MOBILE_PREFIXES:
        return MOBILE_PREFIXES[number[:3]] + number[3:]
    if written_on is None or number.startswith(_MOBILE_SINCE_2016):
        return number
    for since, codes in AREA_CODES.items():
        if written_on < since:
            for digits, lengths in _SUBSCRIBER_DIGITS.items():
                code, subscriber = number[:digits], number[digits:]
                if code in codes and len(subscriber) in lengths:
                    return codes[code] + subscriber
    return number
