"""The channels hand over what they are given, keep secrets, and tell an answer from a lost one."""

import hmac
import socket
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.channels.file import FileChannel, FileConfig
from api.channels.gateway import GatewayChannel, GatewayConfig
from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.network_guard import AddressNotAllowed, GuardedName, is_allowed
from api.channels.smtp import SmtpConfig, mail_of
from api.channels.webhook import WebhookChannel, WebhookEndpoint
from domain.template.rendering import RenderedText
from tests.support.receiver import DROPPED, NEVER, Receiver, answer, receiving
from tests.support.sending import SECRET

pytestmark = pytest.mark.anyio

OLD_SECRET = "whsec_" + b64encode(b"x" * 24).decode()
HERE = ("127.0.0.0/8",)
MESSAGE = OutgoingMessage(
    id=UUID(int=7),
    channel="sms",
    address="+84901234567",
    text=RenderedText("Tin", "Chào Lan"),
    purpose="service",
    template="received",
    language="vi",
    recipient=str(UUID(int=1001)),
    data={"agent": "An"},
)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def gateway(receiver: Receiver, **fields: Any) -> GatewayChannel:
    given: dict[str, Any] = {"url": receiver.url, "token": "t0ken", "allow": HERE, "timeout": 5}
    return GatewayChannel(GatewayConfig(**given | fields))


def webhook(receiver: Receiver, **fields: Any) -> WebhookChannel:
    given: dict[str, Any] = {"url": receiver.url, "secrets": [SECRET], "allow": HERE, "timeout": 5}
    return WebhookChannel(WebhookEndpoint(**given | fields))


async def test_a_gateway_gets_the_message_with_the_id_as_its_key(receiver: Receiver) -> None:
    receiver.usual = answer(200, '{"id": "m-1"}')
    assert await gateway(receiver).hand_over(MESSAGE) == Taken("m-1")
    (got,) = receiver.got
    assert got.line == "POST /hook HTTP/1.1"
    assert got.headers["idempotency-key"] == str(MESSAGE.id)
    assert got.headers["authorization"] == "Bearer t0ken"
    assert (got.json["to"], got.json["text"], got.json["channel"]) == ("+84901234567", "Chào Lan", "sms")


@pytest.mark.parametrize("secrets", [[SECRET], [SECRET, OLD_SECRET]])
async def test_a_webhook_is_signed_with_every_secret(receiver: Receiver, secrets: list[str]) -> None:
    assert await webhook(receiver, secrets=secrets).hand_over(MESSAGE) == Taken()
    (got,) = receiver.got
    assert got.headers["webhook-id"] == str(MESSAGE.id)
    signatures = got.headers["webhook-signature"].split(" ")
    content = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    for secret, signature in zip(secrets, signatures, strict=True):
        key = b64decode(secret.removeprefix("whsec_"))
        assert signature == "v1," + b64encode(hmac.new(key, content, sha256).digest()).decode()
    assert got.json["type"] == "received"
    assert got.json["data"]["text"] == "Chào Lan"


@pytest.mark.parametrize(
    ("reply", "of_gateway", "of_webhook"),
    [
        (answer(200), Taken(), Taken()),
        (answer(204), Taken(), Taken()),
        (answer(200, '{"id": 12}'), Taken("12"), Taken()),
        (answer(200, '{"id": "a\\r\\nb"}'), Taken("ab"), Taken()),
        (answer(200, "[1]"), Taken(), Taken()),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + answer(200), Taken(), Taken()),
        (answer(200) + answer(500), Taken(), Taken()),
        (answer(400), NotAccepted("refused_by_receiver", permanent=True), NotAccepted("refused_by_receiver")),
        (answer(408), NotAccepted("refused_by_receiver"), NotAccepted("refused_by_receiver")),
        (
            answer(410),
            NotAccepted("refused_by_receiver", permanent=True),
            NotAccepted("endpoint_gone", permanent=True, gone=True),
        ),
        (answer(500), NotAccepted("receiver_failed"), NotAccepted("receiver_failed")),
        (
            answer(503, Retry_After="120"),
            NotAccepted("too_many_requests", retry_after=120),
            NotAccepted("too_many_requests", retry_after=120),
        ),
        (
            answer(429, Retry_After="999999999999"),
            NotAccepted("too_many_requests", retry_after=86_400),
            NotAccepted("too_many_requests", retry_after=86_400),
        ),
        (answer(429, Retry_After="soon"), NotAccepted("too_many_requests"), NotAccepted("too_many_requests")),
        (
            answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 +9999999999999999"),
            NotAccepted("too_many_requests"),
            NotAccepted("too_many_requests"),
        ),
        (
            answer(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
            NotAccepted("too_many_requests", retry_after=0),
            NotAccepted("too_many_requests", retry_after=0),
        ),
        (answer(302, Location="http://169.254.169.254/"), NotAccepted("redirected"), NotAccepted("redirected")),
        (answer(502), Lost(), Lost()),
        (DROPPED, Lost(), Lost()),
        (NEVER, Lost(), Lost()),
        (b"no HTTP at all\r\n\r\n", Lost(), Lost()),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort", Taken(), Taken()),
        (b"HTTP/1.1 20", Lost(), Lost()),
    ],
)
async def test_what_an_answer_says(
    receiver: Receiver, reply: bytes | str, of_gateway: HandOver, of_webhook: HandOver
) -> None:
    receiver.usual = reply
    timeout = 2 if reply == NEVER else 20
    assert await gateway(receiver, timeout=timeout).hand_over(MESSAGE) == of_gateway
    assert await webhook(receiver, timeout=timeout).hand_over(MESSAGE) == of_webhook
    assert len(receiver.got) == 2


async def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.usual = answer(200, "x" * 50_000_000)
    assert await gateway(receiver).hand_over(MESSAGE) == Taken()


async def test_a_late_answer_counts_and_one_beyond_the_time_limit_is_lost(receiver: Receiver) -> None:
    receiver.slow = 0.2
    assert await webhook(receiver, timeout=20).hand_over(MESSAGE) == Taken()
    receiver.slow = 60
    assert await webhook(receiver, timeout=2).hand_over(MESSAGE) == Lost()


async def test_a_receiver_that_cannot_be_reached_took_nothing(receiver: Receiver) -> None:
    closed = WebhookEndpoint(url="http://127.0.0.1:1/", secrets=(SECRET,), allow=HERE)  # type: ignore[arg-type]  # pydantic reads text
    assert await WebhookChannel(closed).hand_over(MESSAGE) == NotAccepted("receiver_unreachable")
    no_tls = webhook(receiver, url=receiver.url.replace("http://", "https://"), timeout=1)
    assert await no_tls.hand_over(MESSAGE) == NotAccepted("receiver_unreachable")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"],  # noqa: S104 -- nothing is bound
)
async def test_no_address_of_this_computer_is_reached_unless_the_configuration_names_its_network(
    receiver: Receiver, host: str
) -> None:
    url = f"http://{host}:{receiver.port}/"
    outcome = await gateway(receiver, url=url, allow=()).hand_over(MESSAGE)
    assert outcome in {NotAccepted("address_not_allowed", permanent=True), NotAccepted("receiver_unreachable")}
    assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "127.0.0.1",
        "0.0.0.0",  # noqa: S104 -- nothing is bound
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "168.63.129.16",
        "::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1", "3fff::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::a00:1",
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_is_not_allowed(address: str) -> None:
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, ())


def test_a_named_network_is_allowed_and_no_other_one() -> None:
    config = GatewayConfig(url="http://a.vn/", allow=("10.1.0.0/16", "fd00::/8"))
    assert is_allowed("10.1.2.3", config.networks)
    assert is_allowed("::ffff:10.1.2.3", config.networks)
    assert is_allowed("fd00::1", config.networks)
    assert not is_allowed("10.2.0.1", config.networks)


async def test_a_hand_over_looks_a_name_up_once(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look, by the connection itself, may lead to an address that nobody checked."""
    looks: list[str] = []

    def look(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        looks.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    outcome = await gateway(receiver, url=f"http://rebind.example:{receiver.port}/").hand_over(MESSAGE)
    assert isinstance(outcome, Taken)
    assert looks == ["rebind.example"]


async def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to a private address at the second look cannot lead there: there is no second look."""
    looks: list[str] = []

    def look(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        looks.append(host)
        return [(2, 1, 6, "", ("10.0.0.1" if len(looks) > 1 else "8.8.8.8", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    name = GuardedName("rebind.example", 80, ())
    assert await name.address() == "8.8.8.8"
    with pytest.raises(AddressNotAllowed):
        await name.address()


@pytest.mark.parametrize(
    ("address", "subject"),
    [("lan@example.vn", "Tin"), ("lan@example.vn", "Tin Việt " * 20), ("lan+a@example.vn", "a" * 190)],
)
def test_a_mail_names_the_notification_and_says_that_a_program_wrote_it(address: str, subject: str) -> None:
    message = OutgoingMessage(MESSAGE.id, "email", address, RenderedText(subject, "Chào"), "service", "a", "vi", "Lan")
    mail = mail_of(message, SmtpConfig(host="h", sender="care@example.vn"))
    assert mail is not None
    assert mail["Message-ID"] == f"<{MESSAGE.id}@example.vn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["Subject"]) == subject.strip() or str(mail["Subject"]) == subject
    assert mail["To"].addresses[0].addr_spec == address
    assert mail.get_content().strip() == "Chào"
    assert mail.as_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lan",
        "@example.vn",
        "lan@",
        "lan@example.vn\r\nBcc: all@example.vn",
        "a@b\nc",
        "lan@example.vn, b@example.vn",
    ],
)
def test_an_address_cannot_add_headers_or_recipients(address: str) -> None:
    message = OutgoingMessage(MESSAGE.id, "email", address, RenderedText("Tin", "b"), "service", "a", "vi", "Lan")
    mail = mail_of(message, SmtpConfig(host="h", sender="care@example.vn"))
    assert mail is None or (len(mail["To"].addresses) == 1 and "Bcc" not in mail)


async def test_a_file_gets_a_line_for_each_notification(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    channel = FileChannel(FileConfig(file=file))
    assert await channel.hand_over(MESSAGE) == await channel.hand_over(MESSAGE) == Taken()
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    missing = FileChannel(FileConfig(file=tmp_path / "none" / "out.jsonl"))
    assert await missing.hand_over(MESSAGE) == NotAccepted("receiver_unreachable")
