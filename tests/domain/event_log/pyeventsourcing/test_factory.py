"""What an application of the library is told by its environment, and which log it may have."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import InfrastructureFactoryError, Mapper, ProgrammingError
from eventsourcing.utils import Environment, get_topic

from domain.event_log.pyeventsourcing import LogFactory
from domain.event_log.pyeventsourcing.mapper import LogMapper
from domain.event_log.pyeventsourcing.recorders import LogApplicationRecorder


class Bank(Application[UUID]):
    pass


class Shop(Application[UUID]):
    pass


class RecorderOfAnApplication(LogApplicationRecorder):
    pass


class MapperOfAnApplication(Mapper[UUID]):
    pass


def schemas(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        names = connection.execute("select nspname from pg_namespace where nspname like 'tenant%'").fetchall()
    return {name for (name,) in names} - {"tenant_default"}


def test_each_application_has_a_log_by_its_name(library_env: dict[str, str], database_url: str) -> None:
    with Bank(library_env) as bank, Shop(library_env) as shop:
        assert [recording.notification.id for recording in bank.save(Aggregate(), Aggregate())] == [1, 2]
        assert [recording.notification.id for recording in shop.save(Aggregate())] == [1]
    assert schemas(database_url) == {"tenant_bank", "tenant_shop"}


def test_an_application_has_the_tenant_that_is_set_for_it(library_env: dict[str, str], database_url: str) -> None:
    with Bank({**library_env, "BANK_TICKETLEDGER_TENANT": "acme_bank", "TICKETLEDGER_TENANT": "acme"}):
        assert schemas(database_url) == {"tenant_acme_bank"}
    with Shop({**library_env, "BANK_TICKETLEDGER_TENANT": "acme_bank", "TICKETLEDGER_TENANT": "acme"}):
        assert schemas(database_url) == {"tenant_acme_bank", "tenant_acme"}


def test_two_applications_cannot_share_a_log(library_env: dict[str, str]) -> None:
    together = {**library_env, "TICKETLEDGER_TENANT": "acme"}
    with Bank(together) as bank:
        bank.save(Aggregate())
    with pytest.raises(ProgrammingError, match=r"'Bank'.*set SHOP_TICKETLEDGER_TENANT"):
        Shop(together)
    with Bank(together) as bank:
        assert bank.recorder.max_notification_id() == 1


def test_an_application_is_refused_the_log_of_tickets(library_env: dict[str, str]) -> None:
    with pytest.raises(ProgrammingError, match="'default' holds tickets"):
        Bank({**library_env, "TICKETLEDGER_TENANT": "default"})


def test_tables_are_made_only_where_that_is_allowed(library_env: dict[str, str], database_url: str) -> None:
    with pytest.raises(ProgrammingError, match="CREATE_TABLE=yes"):
        Bank({**library_env, "CREATE_TABLE": "no"})
    assert schemas(database_url) == set()
    with Bank(library_env):
        pass
    with Bank({**library_env, "CREATE_TABLE": "no"}) as bank:
        assert len(bank.save(Aggregate())) == 1


def test_any_number_of_processes_make_the_tables_at_once(library_env: dict[str, str]) -> None:
    def start(_: int) -> int:
        with Bank(library_env) as bank:
            return bank.save(Aggregate())[0].notification.id

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(start, range(5))) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"DATABASE_URL": ""}, "set DATABASE_URL"),
        ({"TICKETLEDGER_TENANT": "Dog-School"}, "set TICKETLEDGER_TENANT.*'Dog-School': use 1 to 40"),
        ({"ORIGINATOR_ID_TYPE": "text"}, "leave out ORIGINATOR_ID_TYPE"),
        ({"APPLICATION_RECORDER_TOPIC": get_topic(Bank)}, "APPLICATION_RECORDER_TOPIC=.*Bank: name a subclass"),
    ],
)
def test_a_wrong_environment_is_refused_with_what_to_set(
    library_env: dict[str, str], wrong: dict[str, str], sentence: str
) -> None:
    with pytest.raises(InfrastructureFactoryError, match=sentence):
        Bank({**library_env, **wrong})


def test_a_factory_without_a_name_needs_a_tenant(library_env: dict[str, str]) -> None:
    with pytest.raises(InfrastructureFactoryError, match="set TICKETLEDGER_TENANT"):
        LogFactory(Environment("", library_env))


def test_classes_of_one_s_own_are_named_by_topic_or_given(library_env: dict[str, str]) -> None:
    topics = {
        "APPLICATION_RECORDER_TOPIC": get_topic(RecorderOfAnApplication),
        "MAPPER_TOPIC": get_topic(MapperOfAnApplication),
    }
    with Bank({**library_env, **topics}) as bank:
        assert type(bank.recorder) is RecorderOfAnApplication
        assert type(bank.mapper) is MapperOfAnApplication
    with Bank(library_env) as bank:
        made: Mapper[Any] = bank.factory.mapper(mapper_class=MapperOfAnApplication)
        assert type(made) is MapperOfAnApplication
        assert type(bank.mapper) is LogMapper
