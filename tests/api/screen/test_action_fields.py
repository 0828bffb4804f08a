"""The fields of a form come from the command's own schema, and what is typed becomes the command's members."""

import pytest

from api.screen.actions.fields import FormField, as_json, as_typed, fields_of
from domain.messages import Command
from domain.procedure.commands import CompleteStep
from domain.task.commands import RescheduleTask
from domain.ticket.commands import EscalateTicket, PutOnHold, SendReply
from domain.zones import zone_named
from tests.support.events import NOON

HANOI = zone_named("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("command", "name", "expected"),
    [
        (PutOnHold, "waiting_for", FormField("waiting_for", "choice", is_required=True)),
        (PutOnHold, "until", FormField("until", "instant")),
        (PutOnHold, "reason", FormField("reason", "text", is_required=True)),
        (EscalateTicket, "to", FormField("to", "line", is_required=True)),
        (EscalateTicket, "level", FormField("level", "number", is_required=True, least=1, most=9)),
        (SendReply, "automated", FormField("automated", "flag")),
        (RescheduleTask, "due_at", FormField("due_at", "instant", gives_null=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_field_is_of_the_kind_that_its_command_takes(command: type[Command], name: str, expected: FormField) -> None:
    (field,) = fields_of(command, (name,))
    assert field.choices == (("customer", "third_party", "internal") if field.kind == "choice" else ())
    assert FormField(**{each: getattr(field, each) for each in field.__slots__} | {"choices": ()}) == expected


def test_what_is_typed_becomes_members_and_what_is_empty_is_left_out() -> None:
    fields = (
        *fields_of(PutOnHold, ("waiting_for", "until", "reason")),
        *fields_of(EscalateTicket, ("level",)),
        *fields_of(RescheduleTask, ("due_at",)),
        FormField("details.severity"),
        FormField("details.remedy"),
    )
    typed = {
        "waiting_for": "customer", "until": "2026-03-05T09:00", "reason": " one\r\ntwo ", "level": "2", "due_at": "",
        "details.severity": "cao", "details.remedy": " ", "unknown": "x",
    }  # fmt: skip
    assert as_json(fields, typed, HANOI) == {
        "waiting_for": "customer",
        "until": "2026-03-05T09:00:00+07:00",
        "reason": "one\ntwo",
        "level": 2,
        "due_at": None,
        "details": {"severity": "cao"},
    }


@pytest.mark.parametrize("text", ["tomorrow", "2026-03-05", "05/03/2026 09:00", "2026-02-30T09:00"])
def test_what_is_no_instant_stays_as_it_was_typed_so_that_the_command_refuses_it(text: str) -> None:
    fields = fields_of(PutOnHold, ("until",))
    assert as_json(fields, {"until": text}, HANOI) == {"until": text}


@pytest.mark.parametrize("text", ["two", "2.0", "-1", "²"])
def test_what_is_no_number_stays_as_it_was_typed(text: str) -> None:
    assert as_json(fields_of(EscalateTicket, ("level",)), {"level": text}, HANOI) == {"level": text}


def test_a_detail_without_a_name_is_a_detail_as_others_are() -> None:
    fields = (FormField("details."), FormField("details.b"))
    assert as_json(fields, {"details.": "a", "details.b": "c"}, HANOI) == {"details": {"": "a", "b": "c"}}


def test_a_field_holds_what_an_instant_is_in_the_zone() -> None:
    assert as_typed("instant", NOON, HANOI) == f"{NOON.astimezone(HANOI):%Y-%m-%dT%H:%M}"
    assert as_typed("line", None, HANOI) == ""


def test_a_field_that_the_command_does_not_have_is_a_mistake_in_the_table() -> None:
    with pytest.raises(KeyError):
        fields_of(CompleteStep, ("priority",))
