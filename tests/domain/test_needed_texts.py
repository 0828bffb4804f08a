"""The templates that a rule or a procedure names fit it when it is published."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.automation.template_values import given_for
from domain.definitions.commands import PublishDefinition
from domain.definitions.definition_file import read_definition_file
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import TEMPLATE
from domain.definitions.publishing import decide, needs_of
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.definitions.state import PublishedDefinition, evolve
from domain.refusal import Refusal
from domain.template.needed_text import must_fit
from domain.text_folding import fold_name

NOW, LATER = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
TEXT = {"subject": "Cảm ơn", "body": "Cảm ơn {customer_name}"}
TITLE = {"vi": "Báo", "en": "Tell"}
OWN: dict[str, Any] = {"purpose": "care", "vi": TEXT, "en": TEXT}


def notify(template: str, **fields: Any) -> dict[str, Any]:
    return {"do": "notify", "to": "agent:lan", "channel": "email", "template": template} | fields


def publication(kind: str, body: dict[str, Any], effective_from: datetime = NOW) -> PublishDefinition:
    return PublishDefinition(kind=kind, name="r", effective_from=effective_from, body=body, reason="agreed")


def published(
    *then: dict[str, Any],
    own: dict[str, Any] | None = None,
    own_from: datetime = NOW,
    effective_from: datetime = NOW,
    **rule: Any,
) -> str:
    """What becomes of a rule with these effects: "published", or the code of the refusal. ``own`` is a template."""
    body = {"on": ["ticket.received"], "then": list(then)} | rule
    command = publication("automation", body, effective_from)
    none = PublishedDefinition()
    event = DefinitionPublished(kind="template", name="own", version=1, effective_from=own_from, body=own or OWN)
    with_own = evolve(none, event, NOW)
    templates = [with_own if fold_name(each.template) == "own" and own else none for each in needs_of(command).texts]
    try:
        return decide(command, none, NOW, templates)[0].topic.partition(".")[2]
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("effect", "becomes"),
    [
        (notify("received"), "published"),
        (notify("Received"), "template_unknown"),
        (notify("unheard-of"), "template_unknown"),
        (notify("received", purpose="marketing"), "purpose_differs"),
        (notify("escalated"), "placeholder_missing"),
        (notify("escalated", data={"level": "1"}), "published"),
        ({"do": "reply", "template": "received"}, "published"),
        ({"do": "reply", "template": "birthday"}, "published"),
        ({"do": "reply", "template": "unheard-of"}, "template_unknown"),
        ({"do": "reply", "template": "guide"}, "placeholder_missing"),
        (notify("own", purpose="care"), "template_unknown"),
    ],
)
def test_a_rule_is_published_when_its_templates_fit(effect: dict[str, Any], becomes: str) -> None:
    assert published(effect) == becomes


def test_every_effect_of_a_rule_is_looked_at() -> None:
    assert published(notify("received"), notify("received"), notify("unheard-of")) == "template_unknown"


def test_a_rule_or_a_procedure_is_switched_off_though_its_templates_do_not_fit() -> None:
    """Those of a log of before were published without a look at their templates."""
    assert published(notify("unheard-of"), enabled=False) == "published"
    step = {"id": "tell", "title": TITLE, "kind": "notify", "notice": {"to": "customer", "template": "unheard-of"}}
    procedure = {"title": TITLE, "subject": "ticket", "steps": [step]}
    of_enabled = [len(needs_of(publication("procedure", procedure | {"enabled": on})).texts) for on in (True, False)]
    assert of_enabled == [1, 0]


def test_a_template_of_the_tenant_counts_that_is_in_effect_when_the_rule_is() -> None:
    effect = notify("own", purpose="care")
    assert published(effect, own=OWN) == "published"
    assert published(effect, own=OWN, own_from=LATER) == "template_unknown"
    assert published(effect, own=OWN, own_from=LATER, effective_from=LATER) == "published"


def test_a_value_that_only_one_language_needs_is_missing_too() -> None:
    english = OWN | {"en": {"subject": "Thanks", "body": "Thank you for {purchase}"}}
    assert published(notify("own", purpose="care"), own=english) == "placeholder_missing"


@pytest.mark.parametrize(
    ("rule", "template", "becomes"),
    [
        ({"on": ["ticket.escalated"]}, "escalated", "published"),
        ({"on": ["customer.purchase_recorded"]}, "guide", "published"),
        ({"on": ["customer.note_added"]}, "received", "placeholder_missing"),
        ({"on": [], "at": {"due": "call-back"}}, "callback-due", "published"),
        ({"on": [], "at": {"due": "csat-missing"}}, "callback-due", "placeholder_missing"),
        ({"on": [], "at": {"due": "contract-renewal"}}, "contract-renewal-owner", "published"),
    ],
)
def test_the_event_the_due_instance_and_the_subject_give_values(
    rule: dict[str, Any], template: str, becomes: str
) -> None:
    purpose = TEMPLATE.shipped[template].purpose
    assert published(notify(template, purpose=purpose), **rule) == becomes


def test_what_nothing_gives_is_named() -> None:
    assert given_for(["customer"], ["customer.note_added"], None) == {"tenant", "customer_name", "tier"}


@pytest.mark.parametrize("kind", kinds_shipped())
def test_the_templates_of_shipped_definitions_fit(kind: str) -> None:
    for text in shipped_files(kind).values():
        written = read_definition_file(text)
        for needed in written.kind.texts(written.body):
            must_fit(needed, TEMPLATE.built_in_named(fold_name(needed.template)), "none")
