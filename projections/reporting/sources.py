"""The sources of the views, and the pieces of SQL that their columns share."""

import re

from domain.event_log.sql_files import sql_file

_SQL = sql_file("projections.reporting", "sources.sql")


def piece(name: str, **parts: str) -> str:
    """The SQL of that name with its parts. The schema and all other names stay."""
    if not parts:
        return _SQL[name].text
    return re.sub(rf":({'|'.join(parts)})\b", lambda match: parts[match[1]], _SQL[name].text)
