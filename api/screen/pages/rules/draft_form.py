"""The form in which a person writes the next version: a text, a reason, and when it takes effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from api.api_keys import Permission
from api.automation.what_if_result import RuleWhatIf
from api.configured.checking import CheckedText
from api.configured.file_text import file_text, shipped_text
from api.configured.versions import CALENDAR, POLICY, ConfiguredVersion
from api.screen.pages.named_subjects import NamedSubject
from api.screen.pages.rules.addresses import rule_path
from api.screen.visit import Visit
from domain.definitions.kind import TENANT
from domain.definitions.kinds import AUTOMATION
from domain.ids import new_id_text
from domain.local_time import local_day
from domain.text_folding import fold_name
from domain.toml_file import ExampleResult
from domain.zones import TimeZone
from projections.what_if.report import WhatIf

PUBLISH: Permission = "admin"
"""What a visitor needs to check a text, to try it and to publish it."""
DAYS = (30, 90, 365)
"""The days of history that a what-if may look back."""
_EXAMPLES = "\n[[examples]]"


class RuleTrial(NamedTuple):
    """What an automation rule would have done: as it is in effect, None where there is none, and as it is written."""

    today: RuleWhatIf | None
    proposed: RuleWhatIf


@dataclass(frozen=True, slots=True)
class Draft:
    """The form with what stands in its fields, and what is known of the text.

    ``version`` is the newest version that the page has shown; ``meanwhile`` are those that were published since.
    ``errors`` are by the name of the field. ``in_effect``: the examples of the text under the version in effect.
    ``named`` is what a what-if names.
    """

    kind: str
    name: str
    token: str
    text: str
    version: int
    reason: str = ""
    effective_from: str = ""
    days: int = DAYS[0]
    command_id: str = field(default_factory=new_id_text)
    errors: Mapping[str, str] = field(default_factory=dict)
    checked: CheckedText | None = None
    meanwhile: Sequence[ConfiguredVersion] = ()
    in_effect: Sequence[ExampleResult] = ()
    promises: WhatIf | None = None
    trial: RuleTrial | None = None
    named: Mapping[UUID, NamedSubject] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The address of the page."""
        return rule_path(self.kind, self.name)

    @property
    def can_be_tried(self) -> bool:
        """Whether there is a what-if of its kind."""
        return self.kind in {POLICY, CALENDAR, AUTOMATION.name}


def first_draft(visit: Visit, kind: str, name: str, versions: Sequence[ConfiguredVersion]) -> Draft:
    """The form on the page of a kind and name: the newest text, else the shipped one, else a beginning."""
    shipped = shipped_text(kind, fold_name(name))
    if not versions:
        return Draft(kind, name, visit.form_token, shipped or _beginning(visit, kind, name), 0)
    text = file_text(versions[-1], visit.settings.phone_region)
    if shipped is not None and _EXAMPLES in shipped and kind != POLICY:
        text += shipped[shipped.index(_EXAMPLES) :]
    return Draft(kind, versions[-1].name, visit.form_token, text, versions[-1].version)


def first_day(now: datetime, zone: TimeZone, days: int) -> date:
    """The first of the last so many local days."""
    return local_day(now, zone) - timedelta(days=days - 1)


def _beginning(visit: Visit, kind: str, name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    if kind == CALENDAR:
        hours = '[week]\nmon-fri = ["08:00-12:00", "13:00-17:00"]\n'
        return f'name = "{quoted}"\nzone = "{visit.settings.zone}"\n\n{hours}'
    named = "" if name == TENANT else f'name = "{quoted}"\n'
    return f'kind = "{kind}"\n{named}\n[body]\n'
