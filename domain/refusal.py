"""The exception of a command that a business rule forbids."""

from uuid import UUID


class Refusal(Exception):  # noqa: N818 -- the field's word; it is an answer, not a defect
    """A rule forbids the command in the present state.

    ``code`` is for programs and never changes its meaning. ``rule`` is a sentence for people and says what to do.
    ``state`` is the present state. ``ids`` name other streams that the caller needs to know.
    """

    def __init__(self, code: str, rule: str, state: str, **ids: UUID) -> None:
        super().__init__(f"{rule} (state: {state})")
        self.code = code
        self.rule = rule
        self.state = state
        self.ids = ids
