"""Comments are taken out of the cells that hold them, whatever their shape, and none is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.importing.comments import Comment, Comments, comments_in


def found(cell: str, **fields: object) -> list[Comment]:
    return list(comments_in(cell, Comments.model_validate({"column": "c", **fields})))


def test_a_comment_may_hold_what_stands_between_its_parts() -> None:
    comment = Comment("first; then\nsecond", "02/mar/26 8:05 AM", "an")
    assert found("02/mar/26 8:05 AM;an;first; then\nsecond", shape="date;author;text") == [comment]


def test_parts_stand_in_any_order_and_one_of_them_may_be_missing() -> None:
    assert found("an (2026-03-02): hello", shape="author (date): text") == [Comment("hello", "2026-03-02", "an")]
    assert found("an: hello", shape="author: text") == [Comment("hello", author="an")]


def test_a_cell_of_another_shape_is_one_comment() -> None:
    assert found("hello", shape="date;author;text") == [Comment("hello")]
    assert found("[not json", shape="json") == [Comment("[not json")]
    too_deep = "[" * 100_000 + "]" * 100_000
    assert found(too_deep, shape="json") == [Comment(too_deep)]


def test_comments_in_json_say_who_when_and_for_whom() -> None:
    cell = json.dumps([
        {"created_at": "2026-03-02T08:05:00Z", "author_id": 7, "body": "hi", "public": True},
        {"body": " "},
        "plain",
    ])  # fmt: skip
    assert found(cell, shape="json") == [Comment("hi", "2026-03-02T08:05:00Z", "7", True), Comment("plain")]


def test_the_names_of_the_fields_may_be_others() -> None:
    cell = json.dumps([{"when": "2026-03-02", "who": "an", "html": "hi"}])
    names = {"date": "when", "author": "who", "text": "html"}
    assert found(cell, shape="json", names=names) == [Comment("hi", "2026-03-02", "an")]


@pytest.mark.parametrize("shape", ["date;author", "csv", "text;text", "author;author;text"])
def test_a_shape_without_a_text_and_something_else_is_refused(shape: str) -> None:
    with pytest.raises(ValidationError, match='write "text"'):
        Comments.model_validate({"column": "c", "shape": shape})


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["text", "json", "date;author;text", "author: text"]))
def test_every_cell_that_says_something_is_a_comment(cell: str, shape: str) -> None:
    if cell.strip() not in {"null", "[]", '""', "{}", "[[]]"} and not cell.endswith((";", ":", ": ")):
        assert found(cell, shape=shape)
