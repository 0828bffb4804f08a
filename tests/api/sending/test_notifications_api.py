"""Notifications over HTTP and on the command line: lists, texts, receipts of gateways, and sending again."""

import asyncio
from uuid import UUID

import pytest

from domain.customer.facts.commands import WithdrawConsent
from domain.template.rendering import rendered
from domain.template.shipped_templates import ShippedTemplates
from tests.support.command_line import Run
from tests.support.events import CUSTOMER
from tests.support.sending import DATA, Kept, Notified, channels, sender_of
from tests.support.serving import Served

TEXT = rendered(ShippedTemplates()["received"], "vi", DATA)
VALUES = {"customer_name": "Lan", "tenant": "An Phát", "link": "https://a.vn"}


@pytest.fixture
def sent(database_url: str) -> tuple[UUID, UUID]:
    """A notification that was handed over, and one that was left out."""

    async def sending() -> tuple[UUID, UUID]:
        desk = Notified(database_url)
        try:
            await desk.begin()
            taken = await desk.request("taken")
            await desk.ask(CUSTOMER, WithdrawConsent(purpose="survey"))
            left_out = await desk.request("left out", channel="sms", purpose="survey", template="nps", data=VALUES)
            async with sender_of(desk, channels(email=Kept(), sms=Kept())) as sender:
                await sender.look()
            return taken, left_out
        finally:
            await desk.close()

    return asyncio.run(sending())


def test_notifications_are_listed_by_state_and_customer_and_page_by_page(sent: tuple[UUID, UUID], desk: Served) -> None:
    taken, left_out = map(str, sent)
    desk.follow()

    def listed(**params: object) -> list[str]:
        return [row["notification"] for row in desk.get("/v1/notifications", params=params).json()["notifications"]]

    assert listed() == [left_out, taken]
    assert listed(state="handed_over") == listed(channel="email") == [taken]
    assert listed(customer=str(CUSTOMER)) == [left_out, taken]
    assert listed(customer=str(UUID(int=7))) == listed(dead=True) == []
    first = desk.get("/v1/notifications", params={"limit": 1}).json()
    assert listed(limit=1, cursor=first["next"]) == [taken]


def test_a_notification_shows_the_text_that_was_sent_with_its_proof(sent: tuple[UUID, UUID], desk: Served) -> None:
    taken, left_out = sent
    desk.follow()
    shown = desk.get(f"/v1/notifications/{taken}").json()
    proof = {"subject": TEXT.subject, "body": TEXT.body, "text_hash": TEXT.text_hash, "proven": True}
    assert shown["text"] == proof
    assert (shown["notification"]["state"], shown["notification"]["address"]) == ("handed_over", "lan@example.vn")
    other = desk.get(f"/v1/notifications/{left_out}").json()
    assert (other["notification"]["why"], other["text"]["proven"]) == ("no_consent", False)
    assert desk.get(f"/v1/notifications/{UUID(int=5)}").status_code == 404
    entries = desk.get(f"/v1/customers/{CUSTOMER}/timeline", params={"kind": "notification"}).json()["entries"]
    assert [entry["topic"].partition(".")[2] for entry in entries if entry["stream"] == str(taken)] == [
        "requested",
        "attempt_started",
        "handed_over",
    ]
    assert {entry["text"]["body"] for entry in entries if entry["stream"] == str(taken)} == {TEXT.body}


def test_a_gateway_tells_what_became_of_it_and_a_person_has_it_sent_again(
    sent: tuple[UUID, UUID], desk: Served
) -> None:
    taken, left_out = sent
    where = f"/v1/notifications/{taken}"
    assert desk.post(f"{where}/delivery", {"status": "delivered"}).json()["events"] == 1
    assert desk.post(f"{where}/delivery", {"status": "delivered"}).json()["events"] == 0
    assert desk.post(f"{where}/resend", {"reason": "again"}).json()["code"] == "not_resendable"
    assert desk.post(f"{where}/delivery", {"status": "bounced", "detail": "550"}).json()["events"] == 1
    desk.follow()
    dead = desk.get("/v1/notifications", params={"dead": True}).json()["notifications"]
    assert [(row["notification"], row["why"]) for row in dead] == [(str(taken), "bounced")]
    assert desk.post(f"{where}/resend", {"reason": "again"}).json()["events"] == 1
    refused = desk.post(f"/v1/notifications/{left_out}/delivery", {"status": "failed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_handed_over")
    assert desk.post(f"/v1/notifications/{left_out}/delivery", {"status": "read"}).status_code == 422


def test_the_command_line_lists_shows_and_sends_again(sent: tuple[UUID, UUID], desk: Served, run: Run) -> None:
    taken, left_out = sent
    desk.post(f"/v1/notifications/{taken}/delivery", {"status": "failed"})
    desk.follow()
    assert [row["notification"] for row in run("notification", "list", "--json").json] == [str(left_out), str(taken)]
    assert "không có sự đồng ý" in " ".join(run("notification", "list", "--language", "vi").out.split())
    assert [row["notification"] for row in run("notification", "dead", "--json").json] == [str(taken)]
    shown = run("notification", "show", str(taken), "--language", "en")
    assert TEXT.body in shown.out
    assert "The hash of this text stands in the log." in shown.out
    assert run("notification", "resend", str(taken), "--reason", "again").code == 0
    assert "sent again" not in run("notification", "resend", str(taken), "--reason", "again").out
    assert run("notification", "show", str(UUID(int=9))).code == 2
