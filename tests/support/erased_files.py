"""Looks for a word in what PostgreSQL keeps beside rows: statistics, and files with dead rows."""

from pathlib import Path

import psycopg

from tests.support.erasing import TENANT


def statistics_with(connection: psycopg.Connection, word: str) -> set[str]:
    """The tables of the tenant whose statistics hold a word."""
    tables = connection.execute(
        "select distinct tablename from pg_stats where schemaname = %s and tablename <> 'events'"
        " and concat_ws(' ', most_common_vals, histogram_bounds, most_common_elems) like %s",
        [f"tenant_{TENANT}", f"%{word}%"],
    )
    return {name for (name,) in tables.fetchall()}


def files_with(connection: psycopg.Connection, word: str) -> set[str]:
    """The tables and indexes of the database whose files hold a word; the server runs on this machine."""
    connection.execute("checkpoint")
    ((folder, database),) = connection.execute(
        "select current_setting('data_directory'), oid from pg_database where datname = current_database()"
    ).fetchall()
    named: dict[int, str] = dict(
        connection.execute("select pg_relation_filenode(oid), oid::regclass::text from pg_class").fetchall()
    )
    files = [file for file in Path(folder, "base", str(database)).iterdir() if file.name[0].isdigit()]
    with_word = [file for file in files if word.encode() in file.read_bytes()]
    return {named.get(int(file.name.partition(".")[0].partition("_")[0]), file.name) for file in with_word}
