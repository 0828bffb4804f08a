"""Waves, activity and upselling as definitions: what they take, and what they say of one case."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.customer_figures.activity import ActivityExample, ActivityRules
from domain.customer_figures.nps import nps_group
from domain.customer_figures.nps_wave import NpsWave, NpsWaveExample
from domain.customer_figures.upselling import UpsellingExample, UpsellingRules

OPENS, CLOSES = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
WAVE = NpsWave(opens=OPENS, closes=CLOSES)


def test_nine_is_a_promoter_and_six_a_detractor() -> None:
    groups = {score: nps_group(score) for score in range(11)}
    assert [score for score, group in groups.items() if group == "promoter"] == [9, 10]
    assert [score for score, group in groups.items() if group == "passive"] == [7, 8]


def test_a_wave_takes_answers_from_its_opening_up_to_its_closing() -> None:
    instants = [OPENS - timedelta.resolution, OPENS, CLOSES - timedelta.resolution, CLOSES]
    assert [WAVE.takes(at) for at in instants] == [False, True, True, False]


@pytest.mark.parametrize("closes", [OPENS, OPENS - timedelta(days=1)])
def test_a_wave_that_closes_before_it_has_opened_is_refused(closes: datetime) -> None:
    with pytest.raises(ValidationError, match="closes is not later than opens"):
        NpsWave(opens=OPENS, closes=closes)


@pytest.mark.parametrize(
    ("has", "active"),
    [
        ({}, False),
        ({"contract": True}, True),
        ({"purchased": 0}, True),
        ({"purchased": 30}, True),
        ({"purchased": 31}, False),
        ({"purchased": 31, "used": 30}, True),
    ],
)
def test_a_customer_is_active_by_a_contract_or_by_what_it_did_in_the_last_days(
    has: dict[str, Any], active: bool
) -> None:
    example = ActivityExample(name="x", active=active, **has)
    assert example.differences(ActivityRules(days=30)) == []
    assert example.model_copy(update={"active": not active}).differences(ActivityRules(days=30)) != []


def test_an_offer_is_valid_until_its_last_day_or_for_the_days_of_the_definition() -> None:
    first, until = date(2026, 3, 1), date(2026, 3, 10)
    assert UpsellingRules().last_day(first, None) is None
    assert UpsellingRules(valid_days=30).last_day(first, None) == date(2026, 3, 31)
    assert UpsellingRules(valid_days=30).last_day(first, until) == until


def test_an_example_that_expects_another_answer_says_so() -> None:
    late = NpsWaveExample(name="x", at=CLOSES, counts=True)
    assert late.differences(WAVE) == ["the answer does not belong to the wave"]
    offer = UpsellingExample(name="x", made_on=date(2026, 3, 1), last_day=None)
    assert offer.differences(UpsellingRules(valid_days=1)) == ["the last day is 2026-03-02, not none"]
