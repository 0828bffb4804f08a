"""Notifications on the command line."""

from collections.abc import Iterator

import pytest

from domain.notification.commands import RequestNotification
from domain.notification.sending import SuppressNotification
from domain.notification.state import notification_stream
from tests.support.command_line import Run
from tests.support.sending import DATA
from tests.support.told import Told, told

REQUEST = RequestNotification(
    to_kind="agent", to="lan", channel="email", purpose="service", template="received", template_version=0,
    data=DATA, dedupe_key="a key",
)  # fmt: skip
NOTIFICATION = notification_stream("a key")


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as desk:
        yield desk


def test_the_list_shows_the_id_that_show_takes(run: Run, desk: Told) -> None:
    desk.send(NOTIFICATION, REQUEST)
    desk.follow()
    for language in ("en", "vi"):
        assert str(NOTIFICATION) in run("notification", "list", "--language", language).out
    show = ("notification", "show", str(NOTIFICATION))
    assert "received (service, email) to agent lan: waiting" in run(*show, "--language", "en").out
    assert "received (phục vụ, email) gửi nhân viên lan: đang chờ" in run(*show).out
    assert run("notification", "show", str(NOTIFICATION)[-12:].upper()) == run(*show), "its last digits name it too"


def test_the_list_names_each_receiver(run: Run, desk: Told) -> None:
    customer = desk.customer()
    to_customer = REQUEST.model_copy(update={"to_kind": "customer", "to": str(customer), "dedupe_key": "two"})
    for request in (REQUEST, to_customer):
        desk.send(notification_stream(request.dedupe_key), request)
    desk.follow()
    rows = [line for line in run("notification", "list").out.splitlines() if "service" in line or "đang chờ" in line]
    assert f"An {customer} " in rows[0]
    assert "nhân viên lan " in rows[1]


def test_a_resend_is_tried_again_whatever_becomes_of_it(run: Run, desk: Told) -> None:
    desk.send(NOTIFICATION, REQUEST)
    assert "đang chờ gửi" in run("notification", "resend", str(NOTIFICATION), "--reason", "asked").err
    desk.send(NOTIFICATION, SuppressNotification(why="no_consent"))
    printed = run("notification", "resend", str(NOTIFICATION), "--reason", "asked", "--language", "en").err
    assert ("will be tried again" in printed, "checked first" in printed) == (True, True)
