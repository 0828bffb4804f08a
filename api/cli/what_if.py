"""`whatif`: the history judged under another policy, beside how it was judged."""

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.field_problems import unusable
from api.cli.options import EndedFrom, EndedTo
from api.cli.period_options import in_tenant_zone, requested_period
from api.cli.printing import bars, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.sla.policy_files import read
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.event_log import reader
from domain.readable import ByLanguage, Language, number, share
from domain.sla.policy.bounds import RUNGS
from domain.sla.policy.policy import Seconds
from projections.audit.words import word_of
from projections.what_if.report import RECORDED, ComparedGroup, Side, WhatIf, what_if_in_parts
from projections.what_if.request import WhatIfOptions, what_if_request

MOST_PROCESSES = 8
NAMED = 20
"""The changes that the JSON answer names unless --listed says otherwise."""

MOST_SWITCHES = 8
"""The rows of the table of changed verdicts, the most frequent first."""
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            RECORDED: RECORDED,
            "tickets": "Changed tickets",
            "verdicts": "Verdicts that would change",
            "unchanged": "no alternative changes the verdict of any ticket",
            "target": "By target",
            "priority": "By priority",
            "team": "By team",
            "month": "By month",
            "first": "The first of them",
            "rarer": "{} rarer changes of a verdict are in --json.",
            "judged": "{} tickets, judged: the alternatives as if each had been in effect always, 'as recorded' by the"
            " versions of each promise, or as corrected since.",
            "more": "{} changes are not named (--listed).",
            "judging": "tickets judged",
        },
        "vi": {
            RECORDED: "như đã ghi",
            "tickets": "Phiếu thay đổi",
            "verdicts": "Kết quả sẽ khác",
            "unchanged": "không phương án nào đổi kết quả của phiếu nào",
            "target": "Theo cam kết",
            "priority": "Theo độ ưu tiên",
            "team": "Theo nhóm",
            "month": "Theo tháng",
            "first": "Các phiếu đầu tiên",
            "rarer": "{} kiểu thay đổi hiếm hơn có trong --json.",
            "judged": "{} phiếu; mỗi phương án được xét như thể luôn có hiệu lực, “như đã ghi” theo phiên bản của từng"
            " cam kết hoặc theo đính chính sau đó.",
            "more": "{} thay đổi không được nêu tên (--listed).",
            "judging": "phiếu đã xét",
        },
    }
)


class Breakdown(StrEnum):
    """What the instances of a target are also grouped by."""

    PRIORITY = "priority"
    TEAM = "team"
    MONTH = "month"


_NO_LADDER: ByLanguage = MappingProxyType(
    {
        "en": "--ladder lists durations, such as 48h,24h,12h: {}.",
        "vi": "--ladder gồm các khoảng, ví dụ 48h,24h,12h: {}.",
    }
)
_SECONDS = TypeAdapter(Seconds)


@options_of(ReadOptions)
def whatif(
    reading: ReadOptions,
    policy: Annotated[
        Path | None, typer.Option(help="A policy file, or a shipped one; with --ladder alone, the policy in effect.")
    ] = None,
    ladder: Annotated[
        str | None, typer.Option(help="Also with no resolution longer than each of these, such as 48h,24h,12h.")
    ] = None,
    first: EndedFrom = None,
    last: EndedTo = None,
    by: Annotated[list[Breakdown] | None, typer.Option(help="Also a table by this; may be repeated.")] = None,
    listed: Annotated[
        int | None,
        typer.Option(min=0, max=100_000, help="How many changed verdicts are named: 20 with --json, otherwise none."),
    ] = None,
) -> None:
    """Judge the whole history under another policy, beside how it was judged. Nothing is recorded.

    Every alternative judges as if it had been in effect always.
    """
    if policy is None and not _names(ladder):
        raise UsageError(
            "Say under what to judge: --policy FILE, or --ladder 48h,24h,12h.",
            "Hãy nêu xét theo gì: --policy TỆP, hoặc --ladder 48h,24h,12h.",
        )
    file = None if policy is None else read(policy)[0]
    named = listed if listed is not None else NAMED if reading.as_json else 0
    rungs, requested = _rungs(ladder), requested_period(first, last, reading.zone)
    with open_existing(reading.data, reading.tenant) as dsn, bars() as progress:
        with connected(dsn) as connection:
            days = in_tenant_zone(connection, reading.tenant, requested)
            read_in = reading.language_in(connection)
            options = WhatIfOptions(file.policy if file else None, file.calendars if file else (), rungs, days, named)
            position, now = reader.head(connection, reading.tenant), reader.now(connection)
            request = what_if_request(connection, reading.tenant, options, position=position, now=now)
        judged = _WORDS[read_in]["judging"]
        processes = min(os.cpu_count() or 1, MOST_PROCESSES)
        answer = what_if_in_parts(
            dsn,
            reading.tenant,
            request,
            processes,
            lambda done, total: progress.show(judged, done, total),
        )
    if reading.as_json:
        show_json(answer)
    else:
        _show(answer, by or (), read_in)


def _rungs(ladder: str | None) -> Sequence[tuple[str, int]]:
    """The rungs by the names that the person wrote. Raises UsageError."""
    names = _names(ladder)
    if len(names) > RUNGS.most:
        raise UsageError(
            f"--ladder has {len(names)} rungs, at most {RUNGS.most} are judged at once.",
            f"--ladder có {len(names)} mức, mỗi lần xét nhiều nhất {RUNGS.most} mức.",
        )
    try:
        return [(name, _SECONDS.validate_python(name)) for name in names]
    except ValidationError as error:
        raise unusable(_NO_LADDER, error) from None


def _names(ladder: str | None) -> list[str]:
    return [name.strip() for name in (ladder or "").split(",") if name]


def _show(answer: WhatIf, by: Sequence[Breakdown], language: Language) -> None:
    words = _WORDS[language]
    changed = [
        {"policy": name, "tickets_that_change": tickets, "of": answer.tickets}
        for name, tickets in answer.changed_tickets.items()
    ]
    show_table(words["tickets"], changed, language=language)
    switches = sorted(answer.switches, key=lambda switch: -switch.instances)
    rows = [_in_words(switch.model_dump(), language) for switch in switches[:MOST_SWITCHES]]
    show_table(words["verdicts"], rows, words["unchanged"], language=language)
    for grouping in ("target", *by):
        groups = [group for group in answer.groups if group.by == grouping]
        figures = [_figures(group, side, language) for group in groups for side in group.sides]
        show_table(words[grouping], figures, language=language)
    if answer.changed:
        named = [_in_words(change.model_dump(exclude={"activated_by"}), language) for change in answer.changed]
        show_table(words["first"], named, language=language)
    if len(switches) > MOST_SWITCHES:
        say(words["rarer"].format(number(len(switches) - MOST_SWITCHES, language)))
    say(words["judged"].format(number(answer.tickets, language)))
    if answer.more:
        say(words["more"].format(number(answer.more, language)))


def _in_words(change: Mapping[str, object], language: Language) -> dict[str, object]:
    """A change with its target and its results in words."""
    codes = {"target": "target", "before": "result", "after": "result"}
    return {
        name: word_of(codes[name], str(value), language) if name in codes else value for name, value in change.items()
    }


def _figures(group: ComparedGroup, side: Side, language: Language) -> dict[str, object]:
    subject: dict[str, object] = {} if group.by == "target" else {group.by: group.group}
    met = share(side.compliance.numerator, side.compliance.denominator, language)
    target = word_of("target", group.target, language)
    policy = _WORDS[language].get(side.name, side.name)
    return {**subject, "target": target, "policy": policy, "met": met, "open": side.open, "late": side.late}
