"""A word that a caller gives gets into SQL as a parameter or as a literal of the driver, and in no other way."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from api.http.documentation import COMMITTED
from tests.support.serving import Served

WORD = "zq'o\"x%s{0}\\;--"
RAW, QUOTED = "zq'o", "zq''o"


def words_of(operation: dict[str, Any], where: str, *, required: bool = False) -> list[str]:
    """The parameters in the path or the query that take text."""
    return [
        parameter["name"]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == where
        and (not required or parameter.get("required"))
        and "string" in json.dumps(parameter["schema"])
    ]


def addresses() -> Iterator[tuple[str, str]]:
    """Every reading with the word as each of its parameters, and in its path."""
    for path, methods in json.loads(COMMITTED.read_text())["paths"].items():
        operation = methods.get("get")
        if operation is None or path.endswith("/stream"):
            continue
        filled = path
        for name in words_of(operation, "path"):
            filled = filled.replace(f"{{{name}}}", quote(WORD, safe=""))
        needed = words_of(operation, "query", required=True)
        for words in [needed, *([*needed, name] for name in words_of(operation, "query"))]:
            query = "&".join(f"{name}={quote(WORD, safe='')}" for name in dict.fromkeys(words))
            yield f"{path} {words}", f"{filled}?{query}"


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all statements, without their parameters."""
    texts: list[str] = []

    def noting(kind: type[psycopg.Cursor[Any]]) -> None:
        execute = kind.execute

        def noted(self: psycopg.Cursor[Any], query: Any, *given: Any, **how: Any) -> Any:
            texts.append(query.as_string(self.connection) if isinstance(query, sql.Composable) else str(query))
            return execute(self, query, *given, **how)

        monkeypatch.setattr(kind, "execute", noted)

    noting(psycopg.Cursor)
    noting(psycopg.ServerCursor)
    return texts


def test_no_reading_puts_a_word_into_sql_as_it_is(desk: Served, executed: list[str]) -> None:
    desk.receive(category=WORD, body=WORD)
    desk.follow()
    answered = {named: desk.get(address).status_code for named, address in addresses()}
    assert [named for named, status in answered.items() if status >= 500] == []
    assert sum(status == 200 for status in answered.values()) > 100
    assert [text for text in executed if RAW in text] == []
    assert any(QUOTED in text for text in executed), "some filters are literals"


def test_a_word_that_looks_like_sql_is_found_as_it_was_written(desk: Served) -> None:
    desk.receive(category=WORD)
    desk.follow()
    query = {"category": WORD, "limit": "5"}
    assert [ticket["category"] for ticket in desk.get("/v1/tickets", params=query).json()["tickets"]] == [WORD]
    (group,) = desk.get("/v1/reports/backlog", params={"by": "category", "category": WORD}).json()
    assert group["of"] == {"category": WORD}


def test_a_word_in_a_statement_as_it_is_would_be_seen(desk: Served, executed: list[str]) -> None:
    """The control of the first test."""
    with psycopg.connect(desk.dsn) as connection:
        connection.execute(sql.SQL("select 1 -- " + WORD.replace("%", "")))
    assert any(RAW in text for text in executed)
