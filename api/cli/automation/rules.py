"""`automation list`, `automation explain` and `automation suspended`."""

from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import typer
from psycopg import Connection

from api.automation.condition_words import condition_text
from api.automation.explanation import Explained, ExplanationRequest, explain
from api.automation.overview import RuleInEffect, rules_in_effect, suspended_rules
from api.automation.words import code_text, command_text, reacts_to_text
from api.cli.locale import Locale
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import AnswerOptions, ReadOptions
from api.cli.shared_options import options_of
from api.cli.table_columns import Whole
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from domain.definitions.rule_book import RuleBook
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import ByLanguage, Language, number
from projections.audit.due_words import due_in_words

MOST_SUSPENDED = 1_000
_TITLE: ByLanguage = MappingProxyType({"en": "Rules", "vi": "Quy tắc"})
SubjectId = Annotated[str, typer.Argument(help="The id of a ticket, a customer or a contract, or a ticket's number.")]
OfRule = Annotated[str | None, typer.Option("--rule", help="This rule alone.")]


@options_of(AnswerOptions)
def list_all(reading: AnswerOptions) -> None:
    """List the rules in effect, with what they did in a day.

    They stand in the order in which they fire.
    """
    with reading.connection() as connection:
        lang = reading.language_in(connection)
        rules = rules_in_effect(connection, reading.tenant, reader.now(connection))
    if reading.as_json:
        show_json(rules)
    else:
        show_table(_TITLE[lang], [_row(rule, lang) for rule in rules], language=lang)


@options_of(ReadOptions)
def explained(reading: ReadOptions, subject: SubjectId, rule: OfRule = None) -> None:
    """Show why rules fired on a subject, or did not.

    Where one did not, the first condition that failed is shown with its value.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        now = reader.now(connection)
        if rule is not None:
            _must_be_in_effect(connection, reading.tenant, rule, now)
        explanations = explain(
            ExplanationRequest(connection, reading.tenant, now),
            ticket_named(connection, schema_of(reading.tenant), subject),
            rule,
        )
    if explanations is None:
        raise UsageError(f"Nothing is recorded of {subject}.", f"Chưa ghi nhận gì về {subject}.")
    if reading.as_json:
        show_json(explanations)
    else:
        lang = locale.language
        nothing = {"en": "no rule concerns it", "vi": "không có quy tắc nào áp dụng"}[lang]
        rows = [_explained_row(explanation, locale) for explanation in explanations]
        show_table(_TITLE[lang], rows, nothing, language=lang)
        say(locale.zone_sentence)


@options_of(ReadOptions)
def suspended(reading: ReadOptions) -> None:
    """List rules that are suspended for a subject.

    The newest come first.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        suspensions = suspended_rules(connection, reading.tenant, MOST_SUSPENDED)
    if reading.as_json:
        show_json(suspensions)
        return
    lang = locale.language
    rows = [
        {
            code_text("rule", lang): Whole(suspension.rule),
            code_text("subject", lang): suspension.subject,
            code_text("why", lang): code_text(suspension.why, lang),
            code_text("since", lang): local(suspension.since, locale.zone),
        }
        for suspension in suspensions
    ]
    show_table({"en": "Suspended rules", "vi": "Quy tắc tạm ngưng"}[lang], rows, language=lang)
    say(locale.zone_sentence)


def _must_be_in_effect(connection: Connection, tenant: str, rule: str, now: datetime) -> None:
    """Raises UsageError for a rule that `automation list` does not show."""
    head = reader.head(connection, tenant)
    if RuleBook(reader.definitions(connection, tenant, head)).named(rule, head + 1, now) is None:
        raise UsageError(
            f"There is no rule {rule!r} in effect: `automation list` shows the rules.",
            f"Không có quy tắc {rule!r} đang hiệu lực: `automation list` cho xem các quy tắc.",
        )


def _row(rule: RuleInEffect, lang: Language) -> dict[str, object]:
    return {
        code_text("rule", lang): Whole(rule.rule),
        code_text("title", lang): rule.title_vi if lang == "vi" else rule.title_en,
        code_text("state", lang): code_text(rule.state, lang),
        code_text("reacts_to", lang): reacts_to_text(rule.reacts_to, lang),
        code_text("does", lang): ", ".join(code_text(effect, lang) for effect in rule.does),
        code_text("in_a_day", lang): _in_a_day(rule, lang),
    }


def _in_a_day(rule: RuleInEffect, lang: Language) -> str | None:
    """How often it fired and did not; None where nothing is counted."""
    counts = {
        "fired": rule.fired,
        "shadowed": rule.shadowed,
        "passed_over": rule.passed_over,
        "suspended": rule.suspended,
    }
    counted = [f"{code_text(what, lang)}: {number(count, lang)}" for what, count in counts.items() if count]
    return ", ".join(counted) or None


def _explained_row(explanation: Explained, locale: Locale) -> dict[str, object]:
    lang, zone = locale
    why = (
        condition_text(explanation.condition, lang)
        if explanation.condition is not None
        else explanation.why and code_text(explanation.why, lang)
    )
    due = explanation.due and due_in_words(explanation.due, lang, zone)
    return {
        code_text("rule", lang): Whole(explanation.rule),
        code_text("for", lang): reacts_to_text(explanation.topic, lang) if explanation.topic else due,
        code_text("at", lang): local(explanation.at, zone),
        code_text("what", lang): code_text(explanation.verdict, lang),
        code_text("why", lang): why or ", ".join(command_text(each, lang) for each in explanation.commands) or None,
        code_text("suspended", lang): explanation.suspended,
    }
