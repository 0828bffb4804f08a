"""The library's own test cases for persistence modules, run against ours."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from unittest import TestCase

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import application
from eventsourcing.tests import persistence as cases
from eventsourcing.utils import Environment, get_topic

from domain.event_log.pyeventsourcing import LogFactory, LogTrackingRecorder
from domain.event_log.pyeventsourcing.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
)

MODULE = "domain.event_log.pyeventsourcing"


class CountingFromOne(LogProcessRecorder):
    """Some of the library's cases count versions from 0; a stream of our log begins with 1."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        shifted = [replace(event, originator_version=event.originator_version + 1) for event in stored_events]
        return super().insert_events(shifted, **kwargs)


class OnADatabase(TestCase):
    factory: LogFactory

    @pytest.fixture(autouse=True)
    def _on_a_database(self, bank: LogFactory) -> None:
        self.factory = bank

    def counting_from_one(self) -> CountingFromOne:
        self.factory.process_recorder()
        return CountingFromOne(self.factory.database, "bank")


class TestAggregateRecorder(OnADatabase, cases.AggregateRecorderTestCase):
    def create_recorder(self) -> LogAggregateRecorder:
        return self.factory.aggregate_recorder("snapshots")


class TestApplicationRecorder(OnADatabase, cases.ApplicationRecorderTestCase[LogApplicationRecorder]):
    def create_recorder(self) -> LogApplicationRecorder:
        if self._testMethodName.startswith("test_concurrent"):
            return self.counting_from_one()
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        """The library's optional case asserts that a subscription gives what is recorded before and after it."""
        recorder = self.factory.application_recorder()
        assert not recorder.max_notification_id()
        self.optional_test_insert_subscribe()
        assert recorder.max_notification_id()


class TestNonInterleavingNotificationIDs(OnADatabase, cases.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogApplicationRecorder:
        return self.counting_from_one()


class TestTrackingRecorder(OnADatabase, cases.TrackingRecorderTestCase):
    def create_recorder(self) -> LogTrackingRecorder:
        return self.factory.tracking_recorder()


class TestProcessRecorder(OnADatabase, cases.ProcessRecorderTestCase):
    def create_recorder(self) -> LogProcessRecorder:
        if self._testMethodName == "test_performance":
            return self.counting_from_one()
        return self.factory.process_recorder()


class ViewOfATest(LogTrackingRecorder):
    pass


class TestInfrastructureFactory(cases.InfrastructureFactoryTestCase[LogFactory]):
    @pytest.fixture(autouse=True)
    def _environment(self, library_env: dict[str, str]) -> None:
        self.env = Environment("bank", library_env)

    def expected_factory_class(self) -> type[LogFactory]:
        return LogFactory

    def expected_aggregate_recorder_class(self) -> type[LogAggregateRecorder]:
        return LogAggregateRecorder

    def expected_application_recorder_class(self) -> type[LogApplicationRecorder]:
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[LogTrackingRecorder]:
        return LogTrackingRecorder

    def tracking_recorder_subclass(self) -> type[LogTrackingRecorder]:
        return ViewOfATest

    def expected_process_recorder_class(self) -> type[LogProcessRecorder]:
        return LogProcessRecorder


class TestExampleApplication(application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(LogFactory)

    @pytest.fixture(autouse=True)
    def _environment(self, library_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in library_env.items():
            monkeypatch.setenv(name, value)
