"""Fair turns: what is compared runs in the same minutes, and nobody is always first."""

import sys
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any


def medians(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median result of each over some rounds; every second round goes backwards."""
    results: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        names = list(contestants)
        for name in names if number % 2 == 0 else reversed(names):
            results[name].append(contestants[name]())
            say(f"  round {number + 1} of {rounds}: {name}: {results[name][-1]:,.1f}")
    return {name: median(values) for name, values in results.items()}


def percentile(values: list[float], share: float) -> float:
    """The smallest of the values that at least ``share`` (0 to 1) of them do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def say(words: Any) -> None:
    """Progress, on standard error."""
    print(words, file=sys.stderr, flush=True)
