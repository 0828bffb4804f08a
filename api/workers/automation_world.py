"""What the facts of all subjects of rules share: published definitions and calendars, and the stop switches."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from psycopg import Connection

from api.workers.switches import switches_of
from domain.automation.firing import HOUR
from domain.contact_rules.definition import ContactRules
from domain.definitions.kind import InEffect
from domain.definitions.kinds import CONTACT_RULES, TEMPLATE, WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.sla.calendar.business_time import CalendarVersion, business_time
from domain.sla.policy.published import calendar_in_effect, calendars_by_name
from domain.switches.state import Switches
from domain.template.definition import Template
from domain.template.placeholders import minute_text
from domain.template.rendering import rendered
from domain.tenant_settings import TenantSettings
from domain.text_folding import fold_name
from domain.zones import zone_named

_SQL = sql_file("api.workers", "automation_world.sql")
_BEHIND = 10_000
"""How many events that the rows of the audit history do not hold yet are read for a count of firings."""


class World:
    """What the facts of all subjects share: published definitions and calendars, and the stop switches.

    It holds for the position of the log ``up_to`` and the instant ``now``.
    """

    def __init__(
        self, connection: Connection, tenant: str, up_to: int, now: datetime, switches: Switches | None = None
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.up_to = up_to
        self.now = now
        self._switches = switches

    @cached_property
    def definitions(self) -> Sequence[RecordedEvent]:
        """The published definitions."""
        return reader.definitions(self.connection, self.tenant, self.up_to)

    @cached_property
    def switches(self) -> Switches:
        """The stop switches."""
        return switches_of(self.connection, self.tenant) if self._switches is None else self._switches

    @cached_property
    def settings(self) -> TenantSettings:
        """The settings of the tenant in effect."""
        return settings_in_effect(self.definitions, self.now)

    @cached_property
    def contact_rules(self) -> ContactRules:
        """The contact rules in effect."""
        return definition_in_effect(self.definitions, CONTACT_RULES, self.now).body

    def is_open(self, calendar: str, at: datetime) -> bool | None:
        """Whether a calendar is open; None for one that was not published."""
        versions = self._calendars.get(fold_name(calendar))
        return None if versions is None else business_time(calendar_in_effect(versions, at).calendar).is_open(at)

    def later(self, calendar: str, at: datetime, seconds: int) -> datetime:
        """So many seconds of open time of a calendar later; of all time for one that was not published."""
        versions, duration = self._calendars.get(fold_name(calendar)), timedelta(seconds=seconds)
        if versions is None:
            return at + duration
        return business_time(calendar_in_effect(versions, at).calendar).add(at, duration)

    @cached_property
    def _calendars(self) -> Mapping[str, Sequence[CalendarVersion]]:
        return calendars_by_name(reader.rules(self.connection, self.tenant, self.up_to))

    def local(self, at: datetime) -> str:
        """An instant in the zone of the tenant, to the minute."""
        return minute_text(at, zone_named(self.settings.zone))

    def template_version(self, template: str) -> int:
        """The version of a template in effect; 0 for none."""
        versioned = self._template(template)
        return 0 if versioned is None else versioned.version or 0

    def rendered(self, template: str, data: Mapping[str, str]) -> str | None:
        """The body of a template in the language of the tenant; None without the template. Raises MissingValues."""
        versioned = self._template(template)
        return None if versioned is None else rendered(versioned.body, self.settings.language, data).body

    def _template(self, name: str) -> InEffect[Template] | None:
        try:
            return definition_in_effect(self.definitions, TEMPLATE, self.now, name)
        except LookupError:
            return None

    def lead_of(self, team: str) -> str | None:
        """The lead of a team by the published workforce."""
        return definition_in_effect(self.definitions, WORKFORCE, self.now).body.lead_of(team)

    def fired_lately(self, rule: str, most: int) -> int:
        """How often a rule fired in the last hour, exact up to ``most`` while its rows are less than _BEHIND behind.

        The actors of rows and of the log are compared by their folded form.
        """
        actor = fold_name(f"rule:{rule}"[:200])
        parameters = {
            "actor": actor,
            "since": self.now - HOUR,
            "until": self.now + HOUR,
            "most": most,
            "behind": _BEHIND,
        }
        counts = self.connection.execute(_SQL["firings"].of(self.tenant), parameters).fetchall()
        return sum(count for written, count in counts if fold_name(written) == actor)
