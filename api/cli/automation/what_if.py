"""`automation whatif`: what a rule would have done in the last days."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.automation.condition_words import condition_field, condition_text
from api.automation.what_if import CannotBeTried, what_if
from api.automation.what_if_result import RuleWhatIf
from api.automation.words import code_text, reacts_to_text, why_nothing
from api.cli.definitions.definition_files import read
from api.cli.locale import Locale
from api.cli.printing import bars, local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.automation.definition import AutomationRule
from domain.automation.firing import NamedRule
from domain.definitions.definition_file import WrittenDefinition, read_definition_file
from domain.definitions.kind import BUILT_IN_FROM
from domain.definitions.kinds import AUTOMATION
from domain.definitions.rule_book import RuleBook
from domain.definitions.shipped import shipped_files
from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from projections.audit.due_words import due_in_words
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE

SHOWN = 20


@options_of(ReadOptions)
def whatif(
    reading: ReadOptions,
    rule: Annotated[str, typer.Argument(help="A TOML file, the name of a published rule, or that of a shipped one.")],
    days: Annotated[int, typer.Option(min=1, max=3_650, help="So many days up to now.")] = 30,
) -> None:
    """Show what a rule would have done in the last days.

    On whom, and which conditions failed where it would not have fired. Nothing is recorded.
    """
    with reading.connection() as connection, bars() as progress:
        locale = reading.locale(connection)
        now = reader.now(connection)
        book = RuleBook(reader.definitions(connection, reading.tenant))
        tried = _from_file(rule) or book.named(rule, BEHIND_ALL, now) or _shipped(rule)
        if tried is None:
            raise UsageError(
                f"There is no rule {rule!r}: name a file, a published rule, or a shipped one.",
                f"Không có quy tắc {rule!r}: hãy ghi một tệp, một quy tắc đã ban hành, hoặc một quy tắc có sẵn.",
            )
        try:
            result = what_if(
                connection,
                reading.tenant,
                tried,
                now - timedelta(days=days),
                now,
                progress=lambda read, most: progress.show(code_text("read", locale.language), read, most),
            )
        except CannotBeTried as error:
            raise UsageError(f"{rule}: {error}.", f"{rule}: {RULES_IN_VIETNAMESE['cannot_be_tried']}") from None
    if reading.as_json:
        show_json(result)
    else:
        _show(result, days, locale)


def _from_file(rule: str) -> NamedRule | None:
    path = Path(rule)
    return _named(read(path)[0]) if path.suffix == ".toml" or path.exists() else None


def _shipped(rule: str) -> NamedRule | None:
    text = shipped_files(AUTOMATION.name).get(rule)
    return None if text is None else _named(read_definition_file(text))


def _named(written: WrittenDefinition) -> NamedRule:
    if not isinstance(written.body, AutomationRule):
        raise UsageError(f"It is a definition of the kind {written.kind.name}: name one of automation.")
    return NamedRule(written.name, 0, 0, BUILT_IN_FROM, written.body)


def _show(result: RuleWhatIf, days: int, locale: Locale) -> None:
    lang = locale.language
    if lang == "vi":
        say(f"{result.rule}: trong {days} ngày qua lẽ ra đã chạy {result.fired} lần, trên {result.subjects} đối tượng.")
    else:
        would = f"it would have fired {result.fired} times, subjects: {result.subjects}"
        say(f"{result.rule}: in the last {days} days {would}.")
    if result.why_nothing is not None:
        condition = "" if result.condition is None else f" {condition_text(result.condition, lang)}"
        say(f"{why_nothing(result.why_nothing, lang)}{condition}")
    counts = [
        *((code_text("commands", lang), code_text(name, lang), times) for name, times in result.commands.items()),
        *((code_text("failed", lang), condition_field(name, lang), times) for name, times in result.failed.items()),
        *((code_text("passed_over", lang), code_text(name, lang), times) for name, times in result.passed_over.items()),
    ]
    if result.suspended:
        counts.append((code_text("suspended", lang), "", result.suspended))
    rows = [
        {code_text("what", lang): what, code_text("for", lang): name, code_text("times", lang): n}
        for what, name, n in counts
    ]
    if rows:
        show_table(result.rule, rows, language=lang)
    subjects = [
        {
            code_text("subject", lang): firing.subject,
            code_text("at", lang): local(firing.at, locale.zone),
            code_text("trigger", lang): due_in_words(reacts_to_text(firing.trigger, lang), lang, locale.zone),
            code_text("does", lang): ", ".join(code_text(name, lang) for name in firing.commands),
        }
        for firing in result.fired_on[:SHOWN]
    ]
    if subjects:
        show_table({"en": "The first of them", "vi": "Những lần đầu"}[lang], subjects, language=lang)
        say(locale.zone_sentence)
    if not result.complete:
        say("Not everything was read: choose fewer days." if lang == "en" else "Chưa đọc hết: hãy chọn ít ngày hơn.")
