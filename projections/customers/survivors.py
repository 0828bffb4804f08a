"""The survivors of merged customers, in SQL: only merged customers have a row.

Readings join it and take ``coalesce(survivor, customer)``. It works in the live schema and in the temporary one of a
reading at another instant; the customers projection must be among those that the reading folds.
"""

from psycopg import sql

_SURVIVORS = """
    merges (customer, survivor, path) as (
        select customer, merged_into, array[customer, merged_into]
        from {customers} where merged_into is not null
        union all
        select merges.customer, c.merged_into, merges.path || c.merged_into
        from merges join {customers} c on c.customer = merges.survivor
        where c.merged_into is not null and not c.merged_into = any(merges.path)
    ),
    survivors (customer, survivor) as (
        select distinct on (customer) customer, survivor from merges order by customer, array_length(path, 1) desc
    )
"""


def survivors(schema: str) -> sql.Composed:
    """The common table expressions ``merges`` and ``survivors`` for ``with recursive``."""
    return sql.SQL(_SURVIVORS).format(customers=sql.Identifier(schema, "customers"))
