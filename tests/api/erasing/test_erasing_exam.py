"""The exam of erasure in a small size, and its control."""

from pathlib import Path

import pytest

from domain.event_log import reader
from domain.event_types import register_event_types
from domain.personal_data.declaration import personal_fields
from tests.support.erasing import TENANT, Erasing, Person
from tests.support.erasing_exam import examine

WITHOUT_A_WORD = {
    "customer.address_rekeyed.handle": "of an address of an older release",
    "customer.address_rekeyed.key": "likewise",
    "customer.address_rekeyed.old_key": "likewise",
    "customer.date_recorded.day": "a number",
    "customer.date_recorded.month": "a number",
    "customer.date_recorded.year": "a number",
    "file.attached.sha256": "a hash",
    "ticket.details_changed.changes": "of a ticket that is imported",
}
"""Personal fields in which the person of the exam has no word, and why."""


@pytest.mark.anyio
async def test_the_person_of_the_exam_has_a_word_in_each_personal_field(erasing: Erasing) -> None:
    await erasing.record(Person("canary", 1))
    types = register_event_types()
    with_a_word = {
        f"{event.topic}.{name}"
        for event in reader.page(erasing.connection, TENANT, 0, 1_000)
        for name in personal_fields(types[event.topic])
        if "canary" in str(getattr(event.payload, name))
    }
    personal = {f"{topic}.{name}" for topic, cls in types.items() for name in personal_fields(cls)}
    assert personal - with_a_word == WITHOUT_A_WORD.keys()


@pytest.mark.parametrize("destroys", [True, False], ids=["keys destroyed", "keys kept"])
def test_no_canary_word_is_left_where_keys_are_destroyed_and_some_where_they_are_kept(
    database_url: str, tmp_path: Path, destroys: bool
) -> None:
    findings = examine(database_url, 10 if destroys else 2, tmp_path, destroys=destroys, pause=0)
    assert findings.clean == destroys, findings
    assert findings.hits["dump"] == 0
