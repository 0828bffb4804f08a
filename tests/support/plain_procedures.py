"""The figures of procedures in plain Python over exported events."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.procedure import events as p
from domain.text_folding import fold_name
from tests.support.plain_events import Fact, PlainEvents
from tests.support.plain_periods import DAY, Span


class PlainProcedures(PlainEvents):
    """How procedures run, from their events."""

    @cached_property
    def _procedures(self) -> list[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
        return list(self._procedures_anew())

    def _procedures_anew(self) -> Iterator[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
        for history in self.streams.values():
            started = history[0].payload
            if not isinstance(started, p.ProcedureStarted):
                continue
            begun = history[0].occurred_at
            run: dict[str, Any] = {"customer": started.customer_id, "started": begun, "ended": None, "state": "running"}
            run["of"] = {"procedure": started.procedure, "outcome": None}
            steps: dict[str, dict[str, Any]] = {}
            for event in history:
                payload, at = event.payload, max(event.occurred_at, begun)
                if isinstance(payload, p.StepOpened):
                    steps[payload.step] = {
                        "opened": at, "due": payload.due_at, "kind": payload.kind, "ended": None, "as": None,
                        "team": payload.team and fold_name(payload.team),
                        "agent": payload.agent and fold_name(payload.agent),
                    }  # fmt: skip
                elif isinstance(payload, p.StepDone | p.StepSkipped) and payload.step in steps:
                    step, how = steps[payload.step], "done" if isinstance(payload, p.StepDone) else "skipped"
                    step |= {"ended": max(at, step["opened"]), "as": how}
                elif isinstance(payload, p.ProcedureCompleted | p.ProcedureAbandoned):
                    run["ended"] = at
                    run["state"] = "completed" if isinstance(payload, p.ProcedureCompleted) else "abandoned"
                    run["of"]["outcome"] = getattr(payload, "outcome", None)
                    for step in steps.values():
                        if step["ended"] is None:
                            step |= {"ended": max(at, step["opened"]), "as": "left"}
            yield run, steps

    def _steps(self) -> Iterator[tuple[UUID | None, dict[str, Any], dict[str, str | None]]]:
        for run, steps in self._procedures:
            for name, step in steps.items():
                of = {
                    "procedure": run["of"]["procedure"], "step": name, "step_kind": step["kind"],
                    "assigned_team": step["team"], "assigned_agent": step["agent"],
                }  # fmt: skip
                yield run["customer"], step, of

    def procedure_steps_skipped(self, _span: Span) -> Iterator[Fact]:
        for customer, step, of in self._steps():
            if step["as"] in {"done", "skipped"}:
                yield Fact(step["ended"], customer, ("procedure_steps", step["as"]), None, of)

    def procedure_steps_overdue(self, _span: Span) -> Iterator[Fact]:
        for customer, step, of in self._steps():
            if step["due"] is not None and step["kind"] != "wait":
                final = step["ended"] is not None or self.now > step["due"]
                over = (step["ended"] or self.now) > step["due"]
                yield Fact(
                    step["due"], customer, ("procedure_steps", "overdue" if over else "in_time"), None, of, final=final
                )

    def procedure_step_time(self, _span: Span) -> Iterator[Fact]:
        for customer, step, of in self._steps():
            if step["as"] == "done" and step["kind"] not in {"wait", "notify", "survey"}:
                lasted = (step["ended"] - step["opened"]).total_seconds()
                yield Fact(step["ended"], customer, ("procedure_steps",), None, of, value=lasted)

    def procedure_outcome(self, _span: Span) -> Iterator[Fact]:
        for run, _ in self._procedures:
            if run["ended"]:
                lasted = (run["ended"] - run["started"]).total_seconds()
                yield Fact(run["ended"], run["customer"], ("ended", run["state"]), None, run["of"], value=lasted)

    def procedures_running(self, span: Span) -> Iterator[Fact]:
        judged = min(span.end - timedelta.resolution, self.now)
        for run, _ in self._procedures:
            if run["started"] <= judged and (run["ended"] is None or run["ended"] > judged):
                over = ["over_30_days"] if judged - run["started"] > 30 * DAY else []
                yield Fact(judged, run["customer"], ("running", *over), None, run["of"])
