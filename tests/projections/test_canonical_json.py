"""The same figures are the same bytes."""

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest

from domain.zones import zone_named
from projections.issued_reports.canonical import canonical_json, sha256


def test_keys_are_sorted_and_letters_stay_as_they_are() -> None:
    assert canonical_json({"b": [1, None, True], "a": {"vi": "Mức hài lòng"}}) == (
        '{"a":{"vi":"Mức hài lòng"},"b":[1,null,true]}'
    )


def test_a_sum_is_the_same_text_in_every_order_of_its_terms() -> None:
    terms = [0.1, 0.2, 0.3, 1e9, 7.7]
    texts = {canonical_json(sum(order)) for order in permutations(terms)}
    assert texts == {"1000000008.3"}


def test_a_whole_number_has_no_decimal_point_and_minus_zero_no_sign() -> None:
    assert canonical_json([3.0, Decimal("3.000"), -0.0, 1e-9, 2.5, Decimal("0.1234567")]) == "[3,3,0,0,2.5,0.123457]"


def test_days_instants_and_ids_are_texts_and_instants_are_utc() -> None:
    at = datetime(2026, 3, 2, 7, tzinfo=zone_named("Asia/Ho_Chi_Minh"))
    assert canonical_json([date(2026, 3, 2), at, UUID(int=1)]) == (
        '["2026-03-02","2026-03-02T00:00:00+00:00","00000000-0000-0000-0000-000000000001"]'
    )


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="no number"):
        canonical_json({"value": number})


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        canonical_json({"value": {1, 2}})


def test_the_digest_is_that_of_the_bytes_in_utf_8() -> None:
    assert sha256("ế") == "26fd07ff14d4aa13032fac0c938e118c39021d9fdc3e0fbd1f4d070b690c0d57"
