"""The keys of addresses: what is the same address, by the rules of its channel."""

from datetime import date, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer.address_keys import KEY_FUNCTIONS, KEY_VERSION, NOBODY, WrittenAddress, keys_of
from domain.customer.phone_key import library_key, phone_key
from domain.customer.vietnamese_numbers import AREA_CODES, MOBILE_PREFIXES, in_todays_form
from domain.text_folding import fold_code
from tests.support.respelling import respelled

IN_2015, IN_2025 = date(2015, 5, 1), date(2025, 5, 1)


def full_width(text: str) -> str:
    """The text in the wide forms of East Asian typography."""
    return "".join(chr(ord(character) + 0xFEE0) if character != " " else character for character in text)


def phone(handle: str, region: str = "VN", written_on: date | None = None) -> str:
    return keys_of(WrittenAddress("phone", handle, region=region, written_on=written_on))[KEY_VERSION]


def email(handle: str) -> str:
    return keys_of(WrittenAddress("email", handle))[KEY_VERSION]


@pytest.mark.parametrize(
    "handle",
    ["0901234567", "+84901234567", "+840901234567", "84901234567", "0084 901 234 567", "(090) 123-45.67",
     full_width("0901234567"), full_width("+84 901 234 567"), "tel:+84-901-234-567", " 0901\u00a0234\u00a0567 "],
)  # fmt: skip
def test_a_vietnamese_mobile_number_has_one_key_however_it_is_written(handle: str) -> None:
    assert phone(handle) == "+84901234567"


@given(
    st.sampled_from(["0", "+84", "+", "84"]),
    st.sampled_from("3457892"),
    st.lists(st.tuples(st.sampled_from("0123456789"), st.sampled_from(["", "", "", " ", ".", "-", " - "])), min_size=8),
    st.sampled_from(["VN", "DE"]),
)
def test_the_short_way_to_the_key_of_a_mobile_number_gives_what_the_library_gives(
    prefix: str, first: str, digits: list[tuple[str, str]], region: str
) -> None:
    handle = prefix + first + "".join(digit + sign for digit, sign in digits[:9])
    assert phone_key(handle, region) == library_key(fold_code(handle), region)


@pytest.mark.parametrize(("old", "new"), sorted(MOBILE_PREFIXES.items()))
@pytest.mark.parametrize("written", ["0{}4567890", "+84{}4567890", "+840{}4567890", "84{}4567890"])
def test_an_11_digit_mobile_number_is_the_10_digit_one_of_today(old: str, new: str, written: str) -> None:
    assert phone(written.format(old)) == f"+84{new}4567890"


def test_there_are_21_old_mobile_prefixes_and_no_two_become_the_same() -> None:
    assert len(MOBILE_PREFIXES) == len(set(MOBILE_PREFIXES.values())) == 21


def test_a_10_digit_number_that_begins_like_an_old_prefix_stays_as_it_is() -> None:
    assert phone("0123456789") != phone("01234567890")
    assert in_todays_form("123456789", None) == "123456789"


def test_0838123456_is_a_land_line_of_ho_chi_minh_city_in_2015_and_a_mobile_number_in_2025() -> None:
    assert phone("0838123456", written_on=IN_2015) == "+842838123456" == phone("028 3812 3456")
    assert phone("0838123456", written_on=IN_2025) == "+84838123456" == phone("0838123456")


@pytest.mark.parametrize(
    ("since", "old", "new"), [(day, *codes) for day, changed in AREA_CODES.items() for codes in changed.items()]
)
def test_an_old_area_code_counts_until_the_day_of_the_change(since: date, old: str, new: str) -> None:
    number = old + "38123456"[: 9 - len(old)]
    assert in_todays_form(number, since - timedelta(days=1)).startswith(new)
    assert in_todays_form(number, since) == number
    assert in_todays_form(number, None) == number


def test_59_provinces_changed_their_area_code_and_the_old_codes_begin_no_other() -> None:
    codes = [code for step in AREA_CODES.values() for code in step]
    assert len(codes) == len(set(codes)) == 59
    assert not [
        number for number in codes for other in codes if number not in {other, "4", "8"} and other.startswith(number)
    ]


def test_mobile_numbers_of_2016_are_no_land_lines_of_ho_chi_minh_city() -> None:
    assert phone("0888123456", written_on=date(2016, 6, 1)) == "+84888123456"


@pytest.mark.parametrize(
    "handle", ["1900 1234", "1900 123456", "+84 1900 1234", "1800 1234", "113", "*101#", "anonymous", "Anonymous",
               "unknown", "withheld", "+266696687", "", "-", "không rõ"],
)  # fmt: skip
def test_services_short_codes_and_withheld_numbers_identify_nobody(handle: str) -> None:
    assert phone(handle) == NOBODY


@pytest.mark.parametrize(
    ("handle", "region", "key"),
    [
        ("(11) 96123-4567", "BR", "+5511961234567"),
        ("11 6123-4567", "BR", "+5511961234567"),
        ("+55 11 6123-4567", "VN", "+5511961234567"),
        ("+55 11 3123-4567", "VN", "+551131234567"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("+49 (0)151 12345678", "VN", "+4915112345678"),
        ("030 123456", "DE", "+4930123456"),
        ("+39 06 1234567", "VN", "+39061234567"),
    ],
)
def test_brazilian_german_and_italian_numbers_have_the_key_of_their_country(handle: str, region: str, key: str) -> None:
    assert phone(handle, region) == key


@pytest.mark.parametrize(("handle", "region"), [("98123-4567", "BR"), ("3123-4567", "BR"), ("116117", "DE")])
def test_a_number_without_its_area_code_and_a_short_code_of_six_digits_identify_nobody(
    handle: str, region: str
) -> None:
    assert phone(handle, region) == NOBODY


def test_two_numbers_in_one_field_are_no_number_with_an_extension() -> None:
    assert phone("0901234567; 0912345678") == NOBODY


def test_an_extension_is_part_of_the_key_and_apart_from_the_number() -> None:
    assert phone("028 3812 3456 ext. 12") == "+842838123456;ext=12" == phone("+84 28 3812 3456 x12")
    assert phone("028 3812 3456") == "+842838123456"


@pytest.mark.parametrize(
    ("handle", "region", "key"),
    [
        ("0912 345 678 (nhà)", "VN", "+84912345678"),
        ("0912345678 Chị Lan", "VN", "+84912345678"),
        ("SĐT: 0912345678 - chồng", "VN", "+84912345678"),
        ("0171-1234567 priv.", "DE", "+491711234567"),
        ("0171 1234567 Mobil", "DE", "+491711234567"),
        ("(11) 98765-4321 Recepção", "BR", "+5511987654321"),
        ("0171 1234567 (Hr. M. A. B. Kurz)", "DE", "+491711234567"),
        ("tel. 0912345678", "VN", "+84912345678"),
        ("nhà: 0084 912 345 678", "US", "+84912345678"),
    ],
)
def test_a_note_beside_a_number_is_no_part_of_it(handle: str, region: str, key: str) -> None:
    assert phone(handle, region) == key


@pytest.mark.parametrize(
    ("handle", "region", "key"),
    [
        ("024 3825 1234 máy lẻ 105", "VN", "+842438251234;ext=105"),
        ("(030) 123456 App. 12", "DE", "+4930123456;ext=12"),
        ("030 1234567 (Durchwahl 12)", "DE", "+49301234567;ext=12"),
        ("(11) 3123-4567 ramal 12", "BR", "+551131234567;ext=12"),
        ("028 3812 3456 (Lan) máy nhánh (12)", "VN", "+842838123456;ext=12"),
        ("912 345 678 extensión 12", "ES", "+34912345678;ext=12"),
        ("(495) 123-45-67 доб. 12", "RU", "+74951234567;ext=12"),
        ("201-555-1049x12", "US", "+12015551049;ext=12"),
    ],
)
def test_an_extension_is_named_in_the_words_of_its_country(handle: str, region: str, key: str) -> None:
    assert phone(handle, region) == key


@given(
    st.sampled_from([("0912345678", "VN"), ("030 1234567", "DE"), ("(11) 98765-4321", "BR"), ("212 555 0123", "US")]),
    st.text(st.sampled_from("abkmnrtz. "), min_size=1, max_size=8),
    st.sampled_from(["{} {}", "{} ({})", "{} - {}", "{0}{1}", "{1}: {0}"]),
)
def test_no_letter_of_a_note_becomes_a_digit(number: tuple[str, str], note: str, written: str) -> None:
    handle, region = number
    assert phone(written.format(handle, note), region) == phone(handle, region)


@pytest.mark.parametrize(
    ("handle", "region"),
    [
        ("0912345678 (nhà 2)", "VN"),
        ("0171 1234567 Handy 2", "DE"),
        ("030 1234567 nach 18 Uhr", "DE"),
        ("0912345678 hoặc 0987654321", "VN"),
        ("0171 12345 Tel 67", "DE"),
    ],
)
def test_digits_on_both_sides_of_a_word_identify_nobody(handle: str, region: str) -> None:
    assert phone(handle, region) == NOBODY


def test_the_parameters_of_a_uri_are_no_notes() -> None:
    assert phone("tel:0912345678;phone-context=+84", "DE") == phone("tel:+84912345678;isub=12", "DE") == "+84912345678"


def test_two_zeros_stand_for_a_plus_in_every_country() -> None:
    assert phone("0055 11 98765-4321", "BR") == phone("0055 11 98765-4321", "US") == "+5511987654321"


def test_an_e_mail_address_is_compared_without_case_and_with_dots_and_tags() -> None:
    assert email("Anh.Test@Example.COM") == "anh.test@example.com"
    assert len({email(f"{local}@example.com") for local in ("anhtest", "anh.test", "anh.test+x")}) == 3


def test_an_e_mail_address_is_the_same_in_nfc_and_nfd_and_its_domain_in_unicode_and_idna() -> None:
    written = "Đặng@ví-dụ.vn"
    forms = {email(normalize("NFC", written)), email(normalize("NFD", written)), email("Đặng@xn--v-d-rma6749a.vn")}
    assert len(forms) == 1
    assert email("a@MÜNCHEN.de") == email("a@xn--mnchen-3ya.de") == "a@xn--mnchen-3ya.de"


@given(respelled("Anh.Test@Example.com"))
def test_spellings_of_one_e_mail_address_have_one_key(handle: str) -> None:
    assert email(handle) == "anh.test@example.com"


@given(st.sampled_from(["email", "phone", "zalo", "facebook", "livechat", "form", "app"]), st.text(max_size=40))
def test_every_text_has_a_key_in_every_version_and_a_key_has_no_line_break(channel: str, handle: str) -> None:
    keys = keys_of(WrittenAddress(channel, handle))
    assert keys.keys() == KEY_FUNCTIONS.keys()
    assert not any("\n" in key for key in keys.values())


@given(st.integers(10**8, 10**9 - 1).map(lambda number: f"0{number}"))
def test_the_key_of_a_number_is_its_own_key(handle: str) -> None:
    key = phone(handle)
    assert key == NOBODY or phone(key) == key
