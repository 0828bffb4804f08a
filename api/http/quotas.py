"""A bound on what one key and one tenant hold at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from api.api_keys import Principal
from api.http.problems import Problem


class Quota:
    """At most ``each_key`` for a key and ``each_tenant`` for a tenant. ``what`` names them, in the plural."""

    def __init__(self, what: str, *, each_key: int, each_tenant: int) -> None:
        self._what = what
        self._limits = (each_tenant, each_key)
        self._taken: Counter[tuple[str, ...]] = Counter()

    @contextmanager
    def taken(self, caller: Principal) -> Iterator[None]:
        """Counts one more while the block lasts. Raises Problem (overloaded)."""
        owners: list[tuple[str, ...]] = [(caller.tenant,), (caller.tenant, caller.key_id)]
        for owner, limit, whose in zip(owners, self._limits, ("tenant", "key"), strict=True):
            if self._taken[owner] >= limit:
                raise Problem("overloaded", f"a {whose} has at most {limit} {self._what} at once")
        self._taken.update(owners)
        try:
            yield
        finally:
            self._taken.subtract(owners)
            for owner in owners:
                if not self._taken[owner]:
                    del self._taken[owner]
