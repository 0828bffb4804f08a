"""However a category, a channel, a tier or a calendar is written, it is the same word to a policy."""

from unicodedata import normalize

import pytest

from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.calendar.microseconds import SECOND
from domain.sla.clock.clock import clocks
from domain.sla.clock.facts import Cause
from domain.sla.clock.tiers import TierChange
from domain.sla.policy.policy import Policy
from domain.sla.policy.policy_history import SelectionAttributes, always
from domain.sla.policy.publishing import calendar_stream
from domain.sla.policy_file.lint import without_effect
from domain.sla.policy_file.policy_file import read_policy_file
from domain.toml_file import FileRefused
from tests.support.clock_answers import policy
from tests.support.events import START, at, history, instant, received

COMPOSED, DECOMPOSED = normalize("NFC", "Hoá đơn"), normalize("NFD", "Hoá đơn")
HOUR, DAY = 3_600_000_000, 24 * 3_600_000_000
OFFICE = {"zone": "UTC", "week": {"mon-sun": ["08:00-12:00"]}}


def promised(rules: Policy, category: str, tier: str | None = None) -> int:
    """The target, in microseconds, of a ticket in a category, of a customer of a tier."""
    tiers = [] if tier is None else [TierChange(START, Cause("customer.registered", 0), tier)]
    (resolution,) = clocks(history(at(0, received(category=category))), always(rules), instant(1), tiers)
    return resolution.promise.duration


@pytest.mark.parametrize(
    ("selected", "written", "same"),
    [
        (COMPOSED, DECOMPOSED, True),
        (DECOMPOSED, COMPOSED, True),
        ("VIP  support", "VIP support ", True),
        ("billing", "Billing", False),
    ],
)
def test_a_category_is_selected_however_it_is_encoded_and_spaced(selected: str, written: str, *, same: bool) -> None:
    rules = policy([{"category": [selected], "resolution": "1h"}, {"resolution": "24h"}])
    assert (promised(rules, written) == HOUR) == same


@pytest.mark.parametrize(("selected", "written"), [("gold", "Gold"), ("GOLD ", "gold"), ("vàng", "VÀNG")])
def test_a_tier_is_a_code_without_case(selected: str, written: str) -> None:
    rules = policy([{"customer_tier": selected, "resolution": "1h"}, {"resolution": "24h"}])
    assert promised(rules, "billing", written) == HOUR
    assert promised(rules, "billing", "silver") == promised(rules, "billing") == DAY


def test_a_calendar_is_found_however_its_name_is_written() -> None:
    calendar = CalendarDefinition.model_validate(OFFICE | {"name": DECOMPOSED})
    rules = policy([{"resolution": {"duration": "8h", "calendar": COMPOSED}}])
    (resolution,) = clocks(history(at(0, received())), always(rules, [calendar]), instant(1))
    assert resolution.promise.calendar.name == DECOMPOSED, "it is told as it was written"
    assert calendar_stream(COMPOSED) == calendar_stream(DECOMPOSED) == calendar_stream(f" {COMPOSED}")
    assert calendar_stream("Office") != calendar_stream("office")


def test_two_calendars_of_one_name_are_refused_however_it_is_written() -> None:
    rest = 'zone = "UTC"\nweek = { mon = ["08:00-09:00"] }\n'
    calendars = "".join(f'[[calendars]]\nname = "{name}"\n{rest}' for name in (COMPOSED, DECOMPOSED))
    text = f'[policy]\nname = "p"\n[[policy.rules]]\nresolution = {{ duration = "1h", calendar = "{DECOMPOSED}" }}\n'
    with pytest.raises(FileRefused, match="there are two calendars"):
        read_policy_file(text + calendars)


def test_a_rule_that_selects_the_same_word_again_is_never_reached() -> None:
    rules = [{"category": COMPOSED, "resolution": "1h"}, {"category": DECOMPOSED, "resolution": "2h"}]
    (doubt,) = without_effect(policy([*rules, {"resolution": "3h"}]))
    assert doubt[1].startswith("never reached: rule 1")
    assert list(without_effect(policy([{"priority": "P1 ", "resolution": "1h"}, {"resolution": "3h"}]))) == []


def test_what_is_not_known_of_a_ticket_matches_no_selector() -> None:
    in_effect = always(policy([{"customer_tier": "none", "resolution": "1h"}, {"resolution": "2h"}])).policy(0, 0)
    assert in_effect is not None
    target = in_effect.target("resolution", SelectionAttributes())
    assert target is not None
    assert target.duration == 7_200 * SECOND
