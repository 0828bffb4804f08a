"""Counts the firings of rules with a limit, also those that the rows do not hold yet."""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.automation.facts import Facts
from domain.automation.firing import HOUR, Judgement, NamedRule


class LimitedFirings:
    """The firings of the last hour that were judged here. Each is counted before its command is given, by a name of
    its subject and trigger, so that it may be judged again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        self._in_rows: dict[tuple[str, int], tuple[datetime, int]] = {}

    def judge(
        self, rule: NamedRule, trigger: str, facts: Facts, now: datetime, judge: Callable[[Facts], Judgement]
    ) -> Judgement:
        """Judges a rule with the number of its other firings among the facts. Of one limit one is judged at a time."""
        limit = rule.body.limit
        if limit is None:
            return judge(facts)
        with self._lock:
            firings = self._at[rule.key] = {key: at for key, at in self._at[rule.key].items() if abs(now - at) < HOUR}
            others = [at for key, at in firings.items() if key != trigger]

            def fired_lately(name: str, most: int) -> int:
                known = self._in_rows.get((rule.key, limit))
                if known is None or known[0] != now:
                    known = self._in_rows[rule.key, limit] = now, facts.fired_lately(name, most)
                return max(len(others), known[1] + others.count(now))

            judgement = judge(replace(facts, fired_lately=fired_lately))
            if judgement.verdict == "fired":
                firings[trigger] = now
            elif judgement.verdict != "done":
                firings.pop(trigger, None)
            return judgement

    def forget(self, rule: NamedRule, trigger: str) -> None:
        """Takes back a firing that could not be recorded."""
        with self._lock:
            self._at[rule.key].pop(trigger, None)
