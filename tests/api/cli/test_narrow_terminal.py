"""On a terminal of 80 columns every answer fits, and lines end between words."""

import re
from collections.abc import Callable, Iterator

import pytest

from domain.notification.commands import RequestNotification
from domain.notification.sending import SuppressNotification
from domain.notification.state import notification_stream
from domain.ticket.commands import AssignTicket, PutOnHold, ResolveTicket
from tests.support.command_line import Answer, Run
from tests.support.sending import DATA
from tests.support.told import END, Told, march, told

COLUMNS = 80
Narrow = Callable[..., Answer]


@pytest.fixture
def desk(database_url: str) -> Iterator[Told]:
    with told(database_url) as desk:
        yield desk


@pytest.fixture
def narrow(run: Run, monkeypatch: pytest.MonkeyPatch) -> Narrow:
    def narrow(*words: str) -> Answer:
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdout.isatty", lambda: True)
            patched.setattr("sys.stderr.isatty", lambda: True)
            patched.setenv("COLUMNS", str(COLUMNS))
            answer = run(*words)
        return answer._replace(out=plain(answer.out), err=plain(answer.err))

    return narrow


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def words_of(text: str) -> set[str]:
    return set(re.sub("[┃│━┏┓┡┩┳╇─└┘┴┌┐┬├┤┼]", " ", text).split())


def test_every_answer_fits_and_its_short_words_are_whole(run: Run, narrow: Narrow, desk: Told) -> None:
    for rule in ("reopened", "vip-first", "close-resolved"):
        run("definition", "adopt", "automation", rule)
    ticket = desk.ticket(march(2))
    desk.send(ticket, AssignTicket(agent="lan", team="care"))
    desk.send(ticket, PutOnHold(waiting_for="customer", reason="Which month?", until=END.replace(year=2099)))
    desk.send(desk.ticket(march(3)), ResolveTicket(resolution="done", occurred_at=march(4)))
    desk.follow()
    period = ("--from", "2026-03-01", "--to", "2026-03-31")
    for words in (
        ("history", str(ticket)),
        ("customer", "timeline", run("history", str(ticket), "--json").json[0]["customer"]),
        ("due",),
        ("sla", "due"),
        ("sla", "explain", str(ticket)),
        ("sla", "versions"),
        ("automation", "list"),
        ("automation", "explain", str(ticket)),
        ("report", "sla-resolution", *period, "--part", "met"),
        ("report", "backlog"),
    ):
        for language in ("en", "vi"):
            fits, wide = narrow(*words, "--language", language), run(*words, "--language", language)
            assert max(map(len, fits.out.splitlines())) <= COLUMNS, words
            cells = "\n".join(line for line in wide.out.splitlines() if line.startswith("│"))
            short = {word for word in words_of(cells) if len(word) <= 15 and "-" not in word[1:]}
            empty = {"-"}
            assert short - empty <= words_of(fits.out), (words, short - words_of(fits.out))


def test_what_is_empty_is_left_out_and_an_id_is_short(run: Run, narrow: Narrow, desk: Told) -> None:
    ticket = desk.ticket(march(2))
    desk.send(ticket, AssignTicket(team="care", agent="lan"))
    desk.follow()
    words = ("automation", "explain", str(ticket), "--language", "en")
    run("definition", "adopt", "automation", "reopened")
    desk.follow()
    assert narrow(*words).code == 0
    listed = ("history", str(ticket), "--language", "en")
    assert "why" in words_of(run(*listed).out)
    assert "why" not in words_of(narrow(*listed).out)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_names_that_are_copied_stay_whole_and_the_table_is_one(run: Run, narrow: Narrow, language: str) -> None:
    names = ("contract-renewal-customer", "waiting-inside-lead")
    for name in names:
        run("definition", "adopt", "automation", name)
    for words in (("automation", "list"), ("definition", "shipped"), ("definition", "shipped", "automation")):
        out = narrow(*words, "--language", language).out
        assert {*names} <= words_of(out), words
        assert (max(map(len, out.splitlines())), out.count("┏")) <= (COLUMNS, 1), words


def test_a_line_of_an_explanation_goes_on_further_to_the_right(narrow: Narrow, run: Run, desk: Told) -> None:
    ticket = desk.ticket(march(2))
    words = ("sla", "explain", str(ticket), "--at", "2026-03-03T00:00:00Z", "--language", "en")
    whole, folded = run(*words).out.splitlines(), narrow(*words).out.splitlines()
    begun = [line for line in folded if not line.startswith("    ")]
    assert len(folded) > len(whole) == len(begun)
    assert " ".join(" ".join(folded).split()) == " ".join(" ".join(whole).split())


def test_a_list_of_notifications_keeps_its_words_and_the_parts_of_its_ids(narrow: Narrow, desk: Told) -> None:
    customer = desk.customer()
    for key, why in (("one", "no_consent"), ("two", "address_unknown")):
        request = RequestNotification(
            to_kind="customer", to=str(customer), channel="email", purpose="service", template="resolved",
            template_version=0, data=DATA, dedupe_key=key,
        )  # fmt: skip
        desk.send(notification_stream(key), request)
        desk.send(notification_stream(key), SuppressNotification(why=why))
    desk.follow()
    shown = words_of(narrow("notification", "list", "--language", "en").out)
    assert {"suppressed:", "address", "unknown", "request", "solved", str(customer)[-12:]} <= shown
    assert {str(notification_stream(key))[-12:] for key in ("one", "two")} <= shown


def test_an_error_ends_its_lines_between_words(narrow: Narrow) -> None:
    printed = narrow("report", "nonsense").err
    assert max(map(len, printed.splitlines())) <= COLUMNS
    assert len(printed.splitlines()) > 1
    assert "first-contact" in words_of(printed.replace(",", " "))
