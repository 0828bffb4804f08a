"""One measured figure beside its reference."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``ratio`` is value / reference, measured in the same run (or a bound that was asked for, and named so).

    ``floor`` is the least that the ratio may be or, with ``at_most``, the most. ``note`` stands below the name.
    ``reference`` is None when it could not be measured; then there is no ratio, and no floor is kept.
    """

    name: str
    value: float
    unit: str
    reference_name: str
    reference: float | None
    floor: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the reference."""
        if self.reference is None:
            return None
        return self.value / self.reference if self.reference else float("inf")

    @property
    def holds(self) -> bool:
        """Whether the ratio keeps its floor; a figure without one always does."""
        if self.floor is None:
            return True
        if self.ratio is None:
            return False
        return self.ratio <= self.floor if self.at_most else self.ratio >= self.floor

    @property
    def verdict(self) -> str:
        """In a word or two, for people; nothing is said of a figure that was measured and has no floor."""
        if self.ratio is None:
            return "NOT MEASURED"
        if self.floor is None:
            return ""
        return "kept" if self.holds else "MISSED"

    def as_json(self) -> dict[str, object]:
        """One object a figure, for programs."""
        return {**asdict(self), "ratio": self.ratio, "holds": self.holds}
