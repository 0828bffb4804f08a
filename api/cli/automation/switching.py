"""`automation resume`, `automation stop` and `automation start`, and what is stopped."""

from types import MappingProxyType
from typing import Annotated

import typer

from api.automation.stoppable import must_be_stoppable
from api.automation.stops import stops_of
from api.automation.suspension import resumption
from api.cli.automation.rules import SubjectId
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.recording import RecordOptions, Why, checked, person
from api.cli.shared_options import options_of
from api.cli.table_columns import Whole
from api.cli.tenant_database import tenant_connection
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from domain.event_log.schema import schema_of
from domain.readable import ByLanguage
from domain.switches.commands import ALL, ResumeSwitch, StopSwitch, What
from domain.switches.state import SWITCHES
from projections.audit.words import actor_words, word_of

_STOPPED: ByLanguage = MappingProxyType({"en": "Stopped", "vi": "Đã dừng"})
_EVERYTHING: ByLanguage = {"en": "What happens by itself", "vi": "Mọi việc tự động"}
_STOPS: ByLanguage = {"en": "{} is stopped.", "vi": "{} đã dừng."}
_STOPPED_ALREADY: ByLanguage = {"en": "{} is stopped already.", "vi": "{} đã dừng từ trước."}
_GOES_ON: ByLanguage = {"en": "{} goes on.", "vi": "{} chạy tiếp."}
_WAS_NOT_STOPPED: ByLanguage = {"en": "{} was not stopped.", "vi": "{} không bị dừng."}
WhatToStop = Annotated[What, typer.Argument(help="A rule, a channel, an endpoint of webhooks, or the whole tenant.")]
Named = Annotated[str | None, typer.Argument(help="The name of it; none for the tenant.")]


@options_of(RecordOptions)
def resume(
    recording: RecordOptions,
    subject: SubjectId,
    rule: Annotated[str, typer.Argument(help="The name of the rule.")],
    reason: Why,
) -> None:
    """Resume a rule that is suspended for a subject."""
    _, why = person(recording.actor, reason)
    with tenant_connection(recording.data, recording.tenant) as connection:
        stream = ticket_named(connection, schema_of(recording.tenant), subject)
        command = resumption(connection, recording.tenant, stream, rule, why)
    words: ByLanguage = {
        "en": f"The rule {command.rule} fires for {stream} again.",
        "vi": f"Quy tắc {command.rule} lại chạy cho {stream}.",
    }
    recording.give(stream, command, words)


@options_of(RecordOptions)
def stop(recording: RecordOptions, what: WhatToStop, reason: Why, name: Named = None) -> None:
    """Stop a rule, a channel, an endpoint, or all that happens by itself.

    It works within a second.
    """
    name = _name_of(what, name)
    with tenant_connection(recording.data, recording.tenant) as connection:
        must_be_stoppable(connection, recording.tenant, what, name)
    command = checked(StopSwitch, what=what, name=name, reason=reason)
    stopped, already = (_in_words(words, what, name) for words in (_STOPS, _STOPPED_ALREADY))
    recording.give(SWITCHES, command, stopped, unchanged=already)


@options_of(RecordOptions)
def start(recording: RecordOptions, what: WhatToStop, reason: Why, name: Named = None) -> None:
    """Let a stopped rule, channel or endpoint, or all, go on."""
    name = _name_of(what, name)
    command = checked(ResumeSwitch, what=what, name=name, reason=reason)
    goes_on, was_not_stopped = (_in_words(words, what, name) for words in (_GOES_ON, _WAS_NOT_STOPPED))
    recording.give(SWITCHES, command, goes_on, unchanged=was_not_stopped)


@options_of(ReadOptions)
def stopped(reading: ReadOptions) -> None:
    """List what is stopped, by whom, since when and why."""
    with reading.connection() as connection:
        locale = reading.locale(connection)
        stops = stops_of(connection, reading.tenant)
    if reading.as_json:
        show_json(stops)
        return
    lang = locale.language
    rows = [
        {
            "kind": word_of("what", stop.what, lang),
            "name": None if stop.name == ALL else Whole(stop.name),
            "by": actor_words(stop.actor, stop.actor_kind, lang, stop.on_behalf_of),
            "since": local(stop.since, locale.zone),
            "why": stop.reason,
        }
        for stop in stops
    ]
    show_table(_STOPPED[lang], rows, language=lang)
    say(locale.zone_sentence)


def _name_of(what: What, name: str | None) -> str:
    """The name of a switch. Raises UsageError when it is left out."""
    if name is None and what != "tenant":
        raise UsageError(f"Name the {what} after the word {what}.", f"Hãy ghi tên sau từ {what}.")
    return ALL if name is None else name


def _in_words(words: ByLanguage, what: What, name: str) -> ByLanguage:
    """A sentence about what is switched, in each language."""
    kinds = {language: word_of("what", what, language) for language in words}
    said = {
        language: sentence.format(_EVERYTHING[language] if what == "tenant" else f"{kinds[language]} {name}")
        for language, sentence in words.items()
    }
    return {language: sentence[:1].upper() + sentence[1:] for language, sentence in said.items()}
