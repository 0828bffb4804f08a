"""E-mail over SMTP, with a Message-ID that is the same in every attempt."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from socket import SHUT_RDWR, socket
from threading import Lock
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, model_validator

from api.channels.hand_over import HandOver, Lost, NotAccepted, OutgoingMessage, Taken
from api.channels.receiver_config import ChannelConfig

_PERMANENT = 500
DEADLINE = 40.0
"""The seconds that a whole attempt may take: the sender counts a longer one as lost."""
MAILS_AT_ONCE = 20
"""The attempts that run concurrently, each in a thread of the channel."""


class SmtpConfig(ChannelConfig):
    """``sender`` is an e-mail address, ``sender_name`` the name that is shown. ``timeout`` is in seconds for each step.

    With ``starttls`` and ``tls`` the certificate of the host is checked.
    """

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[A-Za-z0-9.-]+$", max_length=254)]
    sender_name: Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$", max_length=100)] = ""
    timeout: Annotated[float, Field(gt=0, le=7)] = 5.0

    @model_validator(mode="after")
    def _must_be_whole(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("give both user and password, or none of them")
        return self


class _Attempt:
    """Whether the text is on its way, and whether the attempt is over. Two threads read it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_over = False
        self._server: smtplib.SMTP | None = None
        self.is_sent = False

    def begin_answer(self, server: smtplib.SMTP) -> None:
        """An answer of the server is read from now on. Raises TimeoutError when the attempt is over."""
        with self._lock:
            if self._is_over:
                raise TimeoutError
            self._server = server

    def begin_text(self) -> None:
        """The text is handed over from now on. Raises TimeoutError when the attempt is over."""
        with self._lock:
            if self._is_over:
                raise TimeoutError
            self.is_sent = True

    def end(self) -> HandOver:
        """Ends the attempt without an answer of the server, and the answer that is being read."""
        with self._lock:
            self._is_over = True
            connection = None if self._server is None else self._server.sock  # the thread may close it meanwhile
            if connection is not None:
                with suppress(OSError):
                    socket.shutdown(connection, SHUT_RDWR)  # that of TLS would first take leave
            return Lost() if self.is_sent else NotAccepted("receiver_unreachable")


class _Server(smtplib.SMTP):
    """A server whose answers an attempt can end, however many lines they have."""

    def __init__(self, attempt: _Attempt, host: str, port: int, **options: Any) -> None:
        self._attempt = attempt
        super().__init__(host, port, **options)

    def getreply(self) -> tuple[int, bytes]:
        self._attempt.begin_answer(self)
        return super().getreply()


class _TlsServer(_Server, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class SmtpChannel:
    """Hands over to one server, over a connection of its own for each message."""

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config
        self._threads = ThreadPoolExecutor(MAILS_AT_ONCE, "mail")

    async def hand_over(self, message: OutgoingMessage) -> HandOver:
        """One attempt of at most DEADLINE seconds. Without an answer after the text began, the message is lost."""
        mail = mail_of(message, self._config)
        if mail is None:
            return NotAccepted("refused_by_receiver", permanent=True)
        attempt = _Attempt()
        try:
            sending = asyncio.get_running_loop().run_in_executor(
                self._threads, self._send, message.address, mail, attempt
            )
            return await asyncio.wait_for(sending, DEADLINE)
        except TimeoutError:
            return attempt.end()

    def _send(self, address: str, mail: EmailMessage, attempt: _Attempt) -> HandOver:
        try:
            with _closing(self._connected(attempt)) as server:
                server.ehlo_or_helo_if_needed()
                options = [] if address.isascii() else ["SMTPUTF8"]
                _must_be_taken(*server.mail(self._config.sender, options))
                _must_be_taken(*server.rcpt(address))
                attempt.begin_text()
                _must_be_taken(*server.data(mail.as_bytes()))
        except smtplib.SMTPResponseException as error:
            return NotAccepted("refused_by_receiver", permanent=error.smtp_code >= _PERMANENT)
        except (OSError, smtplib.SMTPException):
            return attempt.end()
        return Taken(str(mail["Message-ID"]))

    def _connected(self, attempt: _Attempt) -> smtplib.SMTP:
        config = self._config
        if config.security == "tls":
            context = ssl.create_default_context()
            server: _Server = _TlsServer(attempt, config.host, config.port, timeout=config.timeout, context=context)
        else:
            server = _Server(attempt, config.host, config.port, timeout=config.timeout)
        try:
            if config.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if config.user is not None and config.password is not None:
                server.login(config.user, config.password.get_secret_value())
        except Exception:
            server.close()
            raise
        return server


@contextmanager
def _closing(server: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Takes leave at the end; what the server says to that changes nothing."""
    try:
        yield server
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
    finally:
        server.close()


def _must_be_taken(code: int, answer: bytes) -> None:
    if not 200 <= code < 300:  # noqa: PLR2004 -- the class of successes
        raise smtplib.SMTPResponseException(code, answer)


def mail_of(message: OutgoingMessage, config: SmtpConfig) -> EmailMessage | None:
    """The mail of a message; None when its address cannot be one. It says that a program wrote it (RFC 3834)."""
    local, _, domain = message.address.rpartition("@")
    try:
        to = Address(username=local, domain=domain)
        mail = EmailMessage(policy=SMTP)
        mail["To"] = to
    except (ValueError, IndexError):  # IndexError comes from the parser of the standard library
        return None
    if not local or not domain or not message.address.isprintable():
        return None
    name, _, home = config.sender.rpartition("@")
    mail["From"] = Address(config.sender_name, username=name, domain=home)
    mail["Subject"] = message.text.subject
    mail["Message-ID"] = f"<{message.id}@{home}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text.body)
    return mail
