"""A log of an earlier release gets the present function and index, and its writers go on."""

from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql

from domain.event_log import reader
from domain.event_log.schema import in_schema, schema_of
from domain.event_log.sql_files import sql_file
from domain.event_log.tables import LOG, make_once
from domain.ids import new_id
from tests.support.log import TENANT, append, batch

SCHEMA = schema_of(TENANT)
ARGUMENTS = (
    "text[], uuid[], integer[], uuid[], integer[], text[], text[], text[], text[], uuid[], integer[], integer[],"
    " integer[]"
)
EARLIER = """
drop function {schema}.append;
create function {schema}.append(ARGUMENTS) returns void language sql as '';
revoke all on function {schema}.append from public;
delete from {schema}.migrations where name like 'functions %' or name = 'append takes whether a batch is encrypted'
""".replace("ARGUMENTS", ARGUMENTS)
EARLIER_CALL = """
select head, stale from {schema}.append(
    '{}', '{}', '{}', array[gen_random_uuid()], '{1}', '{ticket.note_added}',
    '{x}', array['earlier'], '{f}', array[gen_random_uuid()], '{1}', '{1}', '{1}'
)
"""


def test_a_writer_of_an_earlier_release_goes_on(writer_url: str, log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as owner, psycopg.connect(writer_url, autocommit=True) as writer:
        owner.execute(in_schema(EARLIER, SCHEMA))
        name = sql.Identifier(writer.info.user)
        owner.execute(sql.SQL("grant execute on function {}.append to {}").format(sql.Identifier(SCHEMA), name))
        make_once(owner, TENANT, LOG)
        assert append(writer, batch((new_id(), 0, 1))).recorded
        assert writer.execute(in_schema(EARLIER_CALL, SCHEMA)).fetchone() == (1, None)
        owner.execute(in_schema("update {schema}.log_head set key_store = gen_random_uuid()", SCHEMA))
        with pytest.raises(errors.DatabaseError, match="personal data of this tenant is encrypted"):
            writer.execute(in_schema(EARLIER_CALL, SCHEMA))


def test_nobody_else_may_call_the_new_function(writer_url: str, log_url: str) -> None:
    with psycopg.connect(log_url, autocommit=True) as owner, psycopg.connect(writer_url, autocommit=True) as writer:
        owner.execute(in_schema(EARLIER, SCHEMA))
        make_once(owner, TENANT, LOG)
        with pytest.raises(errors.InsufficientPrivilege):
            append(writer, batch((new_id(), 0, 1)))


@pytest.mark.parametrize("query", ["published_keys", "definition_keys", "calendars_besides", "procedures", "erasures"])
def test_what_is_looked_up_by_its_topic_is_read_from_the_index(log_url: str, query: str) -> None:
    statement = {
        "procedures": reader.select_where(TENANT, "where topic = 'procedure.started' and position > %(up_to)s"),
        "erasures": reader.select_where(TENANT, "where topic = 'personal_data.erased' and position > %(up_to)s"),
    }.get(query) or sql_file("domain.event_log", "queries.sql")[query].of(TENANT)
    with psycopg.connect(log_url, autocommit=True) as connection:
        connection.execute("set enable_seqscan = off")
        plan = connection.execute(
            sql.SQL("explain {}").format(statement), {"up_to": 5, "stream": UUID(int=1)}
        ).fetchall()
    assert any("events_topic_idx" in line for (line,) in plan), plan
    assert not any("Seq Scan" in line for (line,) in plan), plan


@pytest.mark.parametrize("values", ["(0, gen_random_uuid(), 1", "(1, gen_random_uuid(), 0"])
def test_no_event_stands_before_the_first_position_or_version(log_url: str, values: str) -> None:
    statement = f"insert into {SCHEMA}.events values {values}, 't', now(), '')"
    with psycopg.connect(log_url, autocommit=True) as connection, pytest.raises(errors.CheckViolation):
        connection.execute(statement)
