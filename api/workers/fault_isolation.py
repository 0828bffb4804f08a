"""Work on several things together that one faulty thing among them does not keep from being done."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from api.workers.command_failures import AGAIN

Item = TypeVar("Item")
Done = TypeVar("Done")


def isolating_faults(
    work: Callable[[Sequence[Item]], Done], items: Sequence[Item], leave_out: Callable[[Item, Exception], None]
) -> list[Done]:
    """The results of the work on all items together. When it fails, of that on each half, until one item is left.

    An item with which the work fails alone is given to ``leave_out``. Raises AGAIN.
    """
    if not items:
        return []
    try:
        return [work(items)]
    except AGAIN:
        raise
    except Exception as error:  # noqa: BLE001 -- a fault of one item must not keep back the others
        if len(items) == 1:
            leave_out(items[0], error)
            return []
    half = len(items) // 2
    return isolating_faults(work, items[:half], leave_out) + isolating_faults(work, items[half:], leave_out)
