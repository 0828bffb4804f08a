"""What a worker remembers of streams, without growing for ever."""

from typing import Any


def forget_oldest(remembered: dict[Any, Any], most: int) -> None:
    """Removes what was remembered first, until ``most`` are left."""
    while len(remembered) > most:
        del remembered[next(iter(remembered))]
