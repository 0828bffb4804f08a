"""The exception of a command that a business rule forbids."""

from collections.abc import Mapping
from uuid import UUID

from domain.errors import LedgerError


class Refusal(LedgerError):  # noqa: N818 -- the field's word; it is an answer, not a defect
    """A rule forbids the command in the present state.

    ``code`` is for programs and never changes its meaning. ``rule`` is a sentence for people and says what to do.
    ``state`` is the present state; ``none`` stands for no such stream, ``any`` for a rule that no state changes.
    ``ids`` name other streams that the caller needs to know.
    """

    kind = "refused"

    def __init__(self, code: str, rule: str, state: str, **ids: UUID) -> None:
        super().__init__(rule if state in {"none", "any"} else f"{rule} (state: {state})")
        self.code = code
        self.rule = rule
        self.state = state
        self.ids = ids

    @property
    def facts(self) -> Mapping[str, object]:
        return {"code": self.code, "rule": self.rule, "state": self.state} | {
            name: str(stream) for name, stream in self.ids.items()
        }
