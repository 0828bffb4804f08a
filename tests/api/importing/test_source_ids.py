"""The ids of an import: those of version 5, and the same customer for each spelling of a name."""

from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from api.importing.source_ids import NAMESPACE, SourceIds, event_id


@given(st.text(st.characters(codec="utf-8")), st.integers(0, 9))
def test_the_id_of_an_event_is_the_uuid_of_version_5_of_its_command_and_number(command_id: str, number: int) -> None:
    assert event_id(command_id, number) == str(uuid5(NAMESPACE, f"{command_id}#{number}"))


def test_two_spellings_of_a_name_are_one_customer_and_tickets_without_a_name_have_one_each() -> None:
    ids = SourceIds("desk")
    assert ids.customer("Lan  Anh", "T1").stream == ids.customer("Lan Anh", "T2").stream
    assert ids.customer(None, "T1").stream != ids.customer(None, "T2").stream
