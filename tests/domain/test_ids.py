"""Ids as text and by name are those of the standard library."""

from uuid import RFC_4122, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import Namespace, new_id_text

NAMES = UUID("6f1c2c52-9d0f-5c55-8a43-3f3a7b0d7f11")


@given(st.text(st.characters(codec="utf-8")))
def test_an_id_by_name_is_that_of_version_5(name: str) -> None:
    assert Namespace(NAMES).id_of(name) == uuid5(NAMES, name)
    assert Namespace(NAMES).text_of(name) == str(uuid5(NAMES, name))


def test_the_text_of_a_new_id_is_the_canonical_form_of_version_7() -> None:
    text = new_id_text()
    new = UUID(text)
    assert (str(new), new.version, new.variant) == (text, 7, RFC_4122)
    assert new_id_text() != text
