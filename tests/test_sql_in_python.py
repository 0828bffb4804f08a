"""SQL longer than a line stands in ``.sql`` files, where editors highlight it and psql runs it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "api")
BEGINNINGS = re.compile(
    r"\(?\s*(select|insert into|update|delete from|with|create|alter|drop|copy|truncate|merge into|from|where|"
    r"(left |cross )?join|case when|order by|group by|union|and|or|not|exists)\b"
)
WORDS = re.compile(
    r"\b(select|insert into|delete from|where|join|group by|order by|union|returning|lateral|exists|case when|"
    r"on conflict|is null|is not null|create table|alter table|any\(|count\(|set)\b"
)


def texts_of(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Every text with what stands in it literally. Parts of another text are left out, and so are docstrings."""
    nodes = list(ast.walk(tree))
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                inside.add(id(docstring))
            case ast.JoinedStr(values=parts):
                yield node, "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
            case ast.Constant(value=str(text)) if id(node) not in inside:
                yield node, text
            case ast.BinOp(op=ast.Add()):
                literals = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                yield node, "".join(literal for literal in literals if isinstance(literal, str))
            case _:
                pass


def long_statements(source: str) -> list[int]:
    """The lines on which SQL begins that is longer than a line."""
    return [
        node.lineno
        for node, text in texts_of(ast.parse(source))
        if node.end_lineno != node.lineno and BEGINNINGS.match(text.strip()) and WORDS.search(text.strip(), 3)
    ]


def test_no_sql_in_python_is_longer_than_a_line() -> None:
    product = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    long = {path.relative_to(ROOT).as_posix(): long_statements(path.read_text(encoding="utf-8")) for path in product}
    assert {file: lines for file, lines in long.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        'S = """\nselect a from t\nwhere b\n"""',
        'S = (\n    "select a from t"\n    " where b"\n)',
        'S = f"""\n    update {t} set a = 1\n    where b\n"""',
        'def f():\n    run("insert into t (a)"\n        " values (1) returning a")',
        'S = "from t where a" + (\n    " order by b"\n)',
    ],
)
def test_sql_over_several_lines_is_seen(source: str) -> None:
    assert long_statements(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Select those\nwhere something is set."""',
        'S = "select a from t where b"',
        'MESSAGE = (\n    "The key does not exist:"\n    " make one."\n)',
    ],
)
def test_a_line_of_sql_and_prose_are_not(source: str) -> None:
    assert long_statements(source) == []
