"""Whatever is configured is published in versions, and the version in effect follows from the instant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.customer.address_keys import WrittenAddress
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import DefinitionVersion
from domain.definitions.kinds import IDENTITY, KINDS
from domain.definitions.overview import coming, overview, versions_of
from domain.definitions.published import definition_in_effect
from domain.definitions.publishing import MOST_VERSIONS, decide
from domain.definitions.settings import SETTINGS
from domain.definitions.state import PublishedDefinition, definition_stream, evolve
from domain.tenant_settings import TenantSettings
from domain.toml_file import FileRefused
from tests.support.events import at, history
from tests.support.specification import Specification

SPRING, AUTUMN = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)
HANOI = TenantSettings().model_dump(mode="json")
APRIL = HANOI | {"year_begins": 4}
publishing = Specification(PublishedDefinition(), evolve, lambda command, state, _by: decide(command, state, SPRING))


def command(effective_from: datetime, body: dict[str, Any], **given: Any) -> PublishDefinition:
    return PublishDefinition(
        **({"kind": "settings", "reason": "decided"} | given), effective_from=effective_from, body=body
    )


def published(version: int, effective_from: datetime, body: dict[str, Any], **given: Any) -> DefinitionPublished:
    names = {"kind": "settings", "name": "tenant"} | given
    return DefinitionPublished(**names, version=version, effective_from=effective_from, body=body)


def test_the_first_version_is_recorded_with_its_defaults_written_out() -> None:
    publishing.given().when(command(SPRING, {"year_begins": 4})).then(published(1, SPRING, APRIL))


def test_the_next_version_has_the_next_number() -> None:
    publishing.given(published(1, SPRING, HANOI)).when(command(AUTUMN, APRIL)).then(published(2, AUTUMN, APRIL))


def test_the_same_body_from_the_same_instant_stays_quiet() -> None:
    publishing.given(published(1, SPRING, APRIL)).when(command(SPRING, {"year_begins": 4})).then_quiet()


def test_the_same_body_from_another_instant_is_another_version() -> None:
    publishing.given(published(1, SPRING, HANOI)).when(command(AUTUMN, HANOI)).then(published(2, AUTUMN, HANOI))


def test_a_definition_takes_no_more_versions_than_its_bound() -> None:
    versions = [published(number, SPRING, HANOI) for number in range(1, MOST_VERSIONS + 1)]
    publishing.given(*versions).when(command(AUTUMN, APRIL)).then_refused("too_many_versions")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "moods"}, "there is no kind of definitions 'moods': choose one of settings"),
        ({"name": "ours"}, "the settings of a tenant is one definition"),
        ({"body": {"zone": "Hanoi"}}, "body.zone: unknown time zone"),
        ({"body": {"year_begins": 13}}, "body.year_begins"),
        ({"body": {"colour": "red"}}, "body.colour: there is no such field"),
        ({"effective_from": "1969-01-01T00:00:00Z"}, "outside the years 1970 to 2099"),
    ],
)
def test_what_no_kind_takes_is_malformed(given: dict[str, Any], says: str) -> None:
    whole = {"kind": "settings", "effective_from": SPRING, "body": {}, "reason": "decided"} | given
    with pytest.raises(ValidationError, match=says):
        PublishDefinition.model_validate(whole)


def test_the_stream_of_a_definition_follows_from_its_kind_and_its_folded_name() -> None:
    assert definition_stream("segment", "Big  customers") == definition_stream("segment", "Big customers")
    assert len({definition_stream(kind, name) for kind in ("segment", "health") for name in ("a", "b")}) == 4


def test_the_version_that_took_effect_last_is_in_effect() -> None:
    versions = [DefinitionVersion(1, AUTUMN, APRIL), DefinitionVersion(2, SPRING, HANOI)]
    assert [SETTINGS.in_effect(versions, instant).version for instant in (SPRING, AUTUMN)] == [2, 1]
    again = [*versions, DefinitionVersion(3, AUTUMN, HANOI)]
    assert SETTINGS.in_effect(again, AUTUMN).version == 3
    before_both = SETTINGS.in_effect(versions, datetime(2026, 1, 1, tzinfo=UTC))
    assert (before_both.version, before_both.body) == (0, TenantSettings())


def test_a_recorded_body_is_read_once_and_another_one_anew() -> None:
    spring, autumn = DefinitionVersion(1, SPRING, HANOI), DefinitionVersion(2, AUTUMN, APRIL)
    assert SETTINGS.in_effect([spring], AUTUMN).body is SETTINGS.in_effect([spring], AUTUMN).body
    assert SETTINGS.in_effect([spring, autumn], AUTUMN).body.year_begins == 4
    for month in range(1, 13):
        body = HANOI | {"year_begins": month}
        assert SETTINGS.in_effect([DefinitionVersion(1, SPRING, body)], SPRING).body.year_begins == month


def test_the_definitions_of_a_log_are_its_versions_and_those_built_in() -> None:
    log = history(at(0, published(1, SPRING, HANOI)), at(1, published(2, AUTUMN, APRIL)))
    assert [version.version for version in versions_of(log, "settings")] == [0, 1, 2]
    assert versions_of(log, "settings", "other") == []
    assert versions_of(log, "moods") == []
    settings = definition_in_effect(log, SETTINGS, AUTUMN)
    assert (settings.version, settings.body.year_begins) == (2, 4)
    assert definition_in_effect(log[:1], SETTINGS, AUTUMN).body.year_begins == 1
    shown = {(each.kind, each.name): each.version for each in overview(log, SPRING)}
    assert (shown["settings", "tenant"], shown["identity", "tenant"]) == (1, 0)


def test_versions_to_come_are_those_that_take_effect_later() -> None:
    log = history(
        at(0, published(1, AUTUMN, HANOI)), at(1, published(2, SPRING, HANOI)), at(2, published(3, AUTUMN, APRIL))
    )
    assert [each.version for each in coming(log, SPRING - timedelta(days=1))] == [2, 3], "version 3 replaces the first"
    assert [each.version for each in coming(log, SPRING)] == [3]
    assert coming(log, SPRING, "identity") == coming(log, AUTUMN) == []


def test_every_built_in_body_survives_being_stored() -> None:
    for kind in KINDS.values():
        if kind.built_in is not None:
            assert kind.body.model_validate(kind.built_in.model_dump(mode="json")) == kind.built_in


def test_a_local_day_begins_in_the_zone_of_the_settings() -> None:
    settings = TenantSettings()
    assert settings.local_day(datetime(2026, 3, 1, 16, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert settings.local_day(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)) == date(2026, 3, 2)


def test_a_withheld_number_identifies_nobody_and_limits_are_by_channel() -> None:
    rules = IDENTITY.body()
    assert rules.is_blocked(WrittenAddress("phone", "Anonymous"))
    assert not rules.is_blocked(WrittenAddress("email", "anonymous"))
    assert [rules.limits.of(channel) for channel in ("email", "phone", "livechat", "zalo")] == [5, 5, 50, None]


FILE = """kind = "settings"

[body]
year_begins = 4

[[examples]]
name = "Late on Sunday"
at = "2026-03-01T17:30:00Z"
local_day = "2026-03-02"
"""


def test_a_file_is_read_by_its_kind_and_its_examples_are_checked() -> None:
    written = read_definition_file(FILE)
    assert (written.kind, written.name, written.body) == (SETTINGS, "tenant", TenantSettings(year_begins=4))
    assert [(result.line, result.differences) for result in check(written, FILE)] == [(6, [])]
    wrong = FILE.replace("03-02", "03-01")
    (result,) = check(read_definition_file(wrong), wrong)
    assert result.differences == ["the local day is 2026-03-02, not 2026-03-01"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"settings"', '"moods"', 1),
        ("year_begins = 4", "year_begins = 0", 4),
        ("year_begins = 4", "colour = 4", 4),
        ("at = ", "when = ", 6),
        ("[body]", "[body", 3),
        ('kind = "settings"\n', 'kind = "settings"\nname = "ours"\n', 2),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_line(old: str, new: str, line: int) -> None:
    with pytest.raises(FileRefused) as refused:
        read_definition_file(FILE.replace(old, new))
    assert line in {problem.line for problem in refused.value.problems}
