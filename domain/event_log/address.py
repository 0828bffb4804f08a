"""Addresses of the database, with settings for the sessions that they open."""

from psycopg.conninfo import conninfo_to_dict, make_conninfo


def with_options(dsn: str, options: str) -> str:
    """The conninfo with command-line options for its sessions; options that it has already go before these."""
    own = conninfo_to_dict(dsn).get("options") or ""
    return make_conninfo(dsn, options=f"{options} {own}".strip())
