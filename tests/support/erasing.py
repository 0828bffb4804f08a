"""A person whose every field holds a canary word, and the steps of an erasure."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg

from api.erasing.erasure_runner import ErasureRunner
from api.key_store.store import PostgresKeyStore
from domain.command_context import Actor, CommandContext
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.contract.commands import SignContract
from domain.customer import commands as c
from domain.customer.facts import commands as f
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.erasure import commands as e
from domain.erasure.state import erasure_stream
from domain.event_log.store import LogConnection
from domain.feedback.commands import NoteFeedback
from domain.file.commands import AttachFile
from domain.ids import new_id
from domain.messages import Command
from domain.notification.commands import RequestNotification
from domain.notification.sending import RecordHandOver, StartAttempt
from domain.notification.state import notification_stream
from domain.procedure.commands import CompleteStep, StartProcedure
from domain.task.commands import CompleteTask, OpenTask
from domain.ticket import commands as t
from projections.engine.follower import Follower
from projections.registry import PROJECTIONS
from tests.support.patience import PATIENT
from tests.support.procedures import TWO_STEPS

TENANT = "default"
PROCEDURE = PublishDefinition(
    kind="procedure",
    name="two",
    effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    body=dict(TWO_STEPS),
    reason="two steps",
)
LAN, MAI = (Actor(id=name, kind="agent") for name in ("lan", "mai"))


class Person:
    """The streams of one person by their names."""

    def __init__(self, word: str, number: int = 0) -> None:
        self.word = word
        self.number = number
        self.streams: dict[str, UUID] = {
            name: new_id()
            for name in (
                "customer", "twin", "firm", "ticket", "closed", "contract", "feedback", "file", "task", "done",
                "procedure",
            )
        }  # fmt: skip
        self.streams["sent"] = notification_stream(f"notice-{number}")

    @property
    def customer(self) -> UUID:
        return self.streams["customer"]

    def commands(self) -> list[tuple[str, Command]]:
        """What is recorded of the person, by the names of the streams, in order."""
        word, customer, ticket = self.word, self.customer, self.streams["ticket"]
        box = f.Item(name=f"{word} box", total=5)
        seen: dict[str, Any] = {"title": f"{word} saw", "data": {"page": word}}
        phone = f"+8490{self.number:07}"
        return [
            ("customer", c.RegisterCustomer(name=f"{word} An", external_reference=f"{word}-1")),
            ("twin", c.RegisterCustomer(name=f"{word} Twin", details={"note": f"{word} twin"})),
            ("customer", c.AddAddress(channel="phone", handle=phone, trust="seen")),
            ("customer", c.AddAddress(channel="email", handle=f"{word}@example.vn", trust="seen")),
            ("customer", c.AddAddress(channel="email", handle=f"{word}.2@example.vn", trust="seen")),
            ("customer", c.RemoveAddress(channel="email", handle=f"{word}.2@example.vn")),
            ("customer", c.VerifyAddress(channel="email", handle=f"{word}@example.vn", method="code")),
            ("twin", c.AddAddress(channel="zalo", handle=f"{word}zalo", trust="seen")),
            ("twin", c.ProposeMatch(other=customer, alike=("name",), reason=f"{word} alike")),
            ("firm", c.RegisterCustomer(name="Firm", party="organisation")),
            ("customer", c.JoinOrganisation(organisation=self.streams["firm"], role=f"{word} buyer")),
            ("customer", c.ChangeCustomerDetails(name=f"{word} Anh", details={"note": f"{word} detail"})),
            ("customer", f.AddCustomerNote(about="care", body=f"{word} note")),
            ("customer", f.RecordDate(name="birthday", day=1, month=2, year=1990)),
            ("customer", f.GiveConsent(purpose="care", evidence=f"{word} form")),
            ("customer", f.RecordCheckIn(channel="phone", summary=f"{word} talk")),
            ("customer", f.AnswerNps(score=9, comment=f"{word} praise")),
            (
                "customer",
                f.RecordPurchase(purchase_id=f"order-{self.number}", items=(box,), total=5, currency="VND"),
            ),
            (
                "customer",
                f.CorrectPurchase(
                    purchase_id=f"order-{self.number}", items=(box,), total=6, currency="VND", reason=f"{word} missed"
                ),
            ),
            ("customer", f.MakeOffer(offer_id="o-1", product="more")),
            (
                "customer",
                f.RecordActivity(source="shop", external_id=f"a-{self.number}", kind="visit", **seen),
            ),
            (
                "ticket",
                t.ReceiveTicket(
                    customer_id=customer,
                    channel="zalo",
                    subject=f"{word} subject",
                    body=f"{word} body",
                    category="internet",
                    priority="P2",
                ),
            ),
            ("ticket", t.ChangeSubject(subject=f"{word} matter", reason=f"{word} clearer")),
            ("ticket", t.ReceiveMessage(body=f"{word} message", channel="zalo")),
            ("ticket", t.SendReply(body=f"{word} reply")),
            ("ticket", t.ProposeReply(body=f"{word} draft")),
            ("ticket", t.AddNote(body=f"{word} inside")),
            (
                "closed",
                t.ReceiveTicket(
                    customer_id=self.streams["twin"],
                    channel="email",
                    subject=f"{word} old",
                    category="internet",
                    priority="P3",
                ),
            ),
            ("closed", t.ResolveTicket(resolution=f"{word} done", reason=f"{word} why")),
            ("closed", t.RateSatisfaction(score=4, comment=f"{word} comment")),
            (
                "contract",
                SignContract(
                    customer_id=customer,
                    number=f"{word}-HD",
                    starts_on=date(2026, 1, 1),
                    ends_on=date(2026, 12, 31),
                    value=100,
                    currency="VND",
                ),
            ),
            ("feedback", NoteFeedback(customer_id=customer, theme="price", polarity="negative", quote=f"{word} said")),
            (
                "file",
                AttachFile(
                    of="ticket",
                    stream=ticket,
                    name=f"{word}.png",
                    media_type="image/png",
                    size=1,
                    sha256="ab" * 32,
                    where=f"s3://{word}",
                ),
            ),
            ("task", OpenTask(title=f"{word} call", about=ticket, about_kind="ticket", agent="lan")),
            ("done", OpenTask(title=f"{word} parcel", about=ticket, about_kind="ticket", agent="lan")),
            ("done", CompleteTask(result=f"{word} sent")),
            (
                "procedure",
                StartProcedure(
                    procedure="two", subject=ticket, subject_kind="ticket", details={"wish": f"{word} wish"}
                ),
            ),
            ("procedure", CompleteStep(step="first", result=f"{word} called", details={"remedy": f"{word} refund"})),
            (
                "sent",
                RequestNotification(
                    to_kind="customer",
                    to=str(customer),
                    channel="sms",
                    purpose="care",
                    template="birthday",
                    template_version=0,
                    data={"customer_name": f"{word} An", "tenant": "An Phát"},
                    dedupe_key=f"notice-{self.number}",
                ),
            ),
            ("sent", StartAttempt(attempt=1, address=f"{word} phone", text_hash=f"{word}hash")),
            ("sent", RecordHandOver(attempt=1, provider_id=f"{word}provider")),
            ("twin", c.MergeCustomer(into=customer, reason=f"{word} twin")),
        ]


class Erasing:
    """A desk, a follower and a runner on one log."""

    def __init__(self, url: str, keys: PostgresKeyStore, pause: float = 0.0) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)
        self.desk = ServiceDesk(LogConnection(url, TENANT, PATIENT))
        self.follower = Follower(url, TENANT, PROJECTIONS)
        self.runner = ErasureRunner(
            self.connection, self.desk, self.follower, keys, TENANT, Actor(id="op", kind="agent"), pause
        )

    async def give(self, stream: UUID, command: Command, by: Actor = LAN) -> CommandResult:
        return await self.desk.handle(stream, command, CommandContext(by, str(new_id())))

    async def record(self, *persons: Person) -> None:
        async def one(person: Person) -> None:
            for name, command in person.commands():
                await self.give(person.streams[name], command)

        await self.give(definition_stream("procedure", "two"), PROCEDURE)
        await asyncio.gather(*(one(person) for person in persons))

    async def approve(self, customer: UUID) -> None:
        """Requests, verifies and approves."""
        stream = erasure_stream(customer)
        request = e.RequestErasure(customer_id=customer, legal_basis="article 14", through="email")
        await self.give(stream, request)
        await self.give(stream, e.VerifyErasure(how="called back"))
        await self.give(stream, e.ApproveErasure(customer_id=customer), MAI)

    async def close(self) -> None:
        await self.desk.close()
        self.follower.close()
        self.connection.close()


def texts_of(connection: psycopg.Connection, leave_out: Collection[str] = ()) -> Mapping[str, str]:
    """All rows of each table of the tenant's schema as text."""
    tables = connection.execute(
        "select tablename from pg_tables where schemaname = %s order by 1", [f"tenant_{TENANT}"]
    ).fetchall()
    return {
        name: "\n".join(
            str(row[0])
            for row in connection.execute(f'select t::text from "tenant_{TENANT}"."{name}" t order by 1').fetchall()
        )
        for (name,) in tables
        if name not in leave_out
    }
