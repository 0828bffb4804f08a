"""In which form the server writes values is no setting that a database or a role can change."""

from datetime import UTC, datetime, timedelta

from psycopg import sql

from domain.event_log.database_connections import ADMINISTRATION, connect

HOSTILE = {
    "datestyle": "SQL, DMY",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "-10",
    "bytea_output": "escape",
    "timezone": "Asia/Tokyo",
    "standard_conforming_strings": "off",
}
READ = r"""
    select timestamptz '2026-03-02 08:05:30.25+00', '2026-03-02 08:05+00'::timestamptz::text,
        interval '1 day 2 hours', 0.1::float8 + 0.2, '\x00ff'::bytea::text, length('\\')
"""


def test_settings_of_a_database_change_nothing_that_is_read(database_url: str) -> None:
    with connect(database_url, ADMINISTRATION) as connection:
        for name, value in HOSTILE.items():
            connection.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    sql.Identifier(connection.info.dbname), sql.Identifier(name), sql.Literal(value)
                )
            )
    with connect(database_url, ADMINISTRATION) as connection:
        assert connection.execute(READ).fetchone() == (
            datetime(2026, 3, 2, 8, 5, 30, 250_000, UTC),
            "2026-03-02 08:05:00+00",
            timedelta(days=1, hours=2),
            0.1 + 0.2,
            r"\x00ff",
            2,
        )
