"""A worked example of a rule: what happens or becomes due, the facts then, and what the rule is expected to do."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Self, get_args
from uuid import UUID

from pydantic import Field, model_validator

from domain.automation.commands import RuleCommand
from domain.automation.definition import AutomationRule
from domain.automation.effect_targets import Firing
from domain.automation.effects import commands_of
from domain.automation.facts import Facts, Role, Subject
from domain.automation.fields import RuleCondition
from domain.automation.firing import Trigger, first_unmet_of
from domain.command_context import Actor, ActorKind
from domain.due.instance import DueInstance
from domain.envelope import Envelope, RecordedEvent
from domain.messages import Message, Word
from domain.predicate import Value
from domain.text_by_language import Title

_SUBJECT, _CUSTOMER = UUID(int=1), UUID(int=2)
_AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
Written = bool | float | str | tuple[str, ...]


class ExampleDue(Message):
    """A due instance."""

    identity: Word = "instance/1"


class RuleExample(Message):
    """``event`` holds fields of the payload, its ``topic``, and ``by``, the kind of its actor; ``due`` a due instance.

    ``facts`` are values of fields such as "ticket.priority", whatever the parameters of a condition, and of the roles
    holder, team, lead and owner; everything else is empty. ``fires`` are the effects that are expected: the word
    ``do``, or a table of it with fields of the command. ``fails`` names the field of the first condition that fails.
    """

    name: Title
    event: dict[Word, Written] | None = None
    due: ExampleDue | None = None
    facts: dict[Word, Written] = Field(default_factory=dict)
    fires: tuple[Word | dict[str, Any], ...] | None = None
    fails: Word | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if (self.fires is None) is (self.fails is None):
            raise ValueError("say either `fires`, the effects, or `fails`, the field of the condition that fails")
        if self.event is not None and self.due is not None:
            raise ValueError("give an `event` or a `due`, not both")
        return self

    def differences(self, body: AutomationRule) -> list[str]:
        """Where the answer differs from the expected one."""
        trigger = self._trigger(body)
        if trigger is None:
            return [f"the rule does not react to {self._topic(body) or 'what is given'}"]
        facts = self._facts(body)
        unmet = first_unmet_of(body, trigger, facts)
        if unmet is not None:
            field = unmet.condition.field
            return [] if field == self.fails else [f"{field} fails ({_text(unmet.has)}), not {self.fails or 'nothing'}"]
        subject = Subject(_SUBJECT, min(body.kinds))
        given = commands_of(body.then, Firing("example", subject, facts, "example", _AT))
        if self.fires is None:
            return [f"it fires ({', '.join(each.name for each in given)}), but {self.fails} should fail"]
        return _differences(self.fires, given)

    def _topic(self, body: AutomationRule) -> str:
        topic = (self.event or {}).get("topic")
        return topic if isinstance(topic, str) else next(iter(body.on), "")

    def _trigger(self, body: AutomationRule) -> Trigger | None:
        """None when the rule does not react to the like."""
        if body.at is not None:
            return (
                None if self.event is not None else Trigger(due=DueInstance((self.due or ExampleDue()).identity, _AT))
            )
        topic = self._topic(body)
        if self.due is not None or topic not in body.on:
            return None
        fields = self.event or {}
        kind = fields.get("by", "agent")
        if kind not in get_args(ActorKind):
            return None
        actor = Actor.model_validate({"id": "example", "kind": kind})
        envelope = Envelope(event_id="example", schema_version=1, occurred_at=_AT, actor=actor, command_id="example")
        payload = SimpleNamespace(**{name: value for name, value in fields.items() if name not in {"topic", "by"}})
        return Trigger(RecordedEvent(1, _SUBJECT, 1, topic, _AT, envelope, payload))

    def _facts(self, body: AutomationRule) -> Facts:
        def value_of(condition: RuleCondition) -> Value:
            value = self.facts.get(condition.field)
            return frozenset(value) if isinstance(value, tuple) else value

        named: dict[Role, str] = {
            role: str(identifier) for role in get_args(Role) if (identifier := self.facts.get(role)) is not None
        }
        return Facts(
            value_of=value_of,
            ticket=_SUBJECT
            if "ticket" in body.kinds or any(name.startswith("ticket.") for name in self.facts)
            else None,
            customer=_CUSTOMER,
            person=named.get,
            rendered=lambda template, _data: template,
        )


def _differences(expected: tuple[str | dict[str, Any], ...], given: tuple[RuleCommand, ...]) -> list[str]:
    names = [each if isinstance(each, str) else str(each.get("do")) for each in expected]
    fired = [each.name for each in given]
    if names != fired:
        return [f"it fires {', '.join(fired)}, not {', '.join(names) or 'nothing'}"]
    return [
        f"{each.name}: {field} is {_text(fields.get(field))}, not {_text(value)}"
        for wanted, each in zip(expected, given, strict=True)
        if isinstance(wanted, dict)
        for fields in [_fields_of(each)]
        for field, value in wanted.items()
        if field != "do" and fields.get(field) != value
    ]


def _fields_of(given: RuleCommand) -> dict[str, Any]:
    """The fields of a command, or the code of why there is none."""
    return {"refused": given.refused} if given.command is None else given.command.model_dump(mode="json")


def _text(value: Any) -> str:
    return "nothing" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
