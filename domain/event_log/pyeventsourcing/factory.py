"""The factory through which the library makes its recorders and mappers."""

from types import TracebackType
from typing import TypeVar

from eventsourcing.domain import TAggregateID
from eventsourcing.persistence import (
    InfrastructureFactory,
    InfrastructureFactoryError,
    Mapper,
    Recorder,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool

from domain.event_log.pyeventsourcing import tables
from domain.event_log.pyeventsourcing.database import LogDatabase
from domain.event_log.pyeventsourcing.mapper import LogMapper
from domain.event_log.pyeventsourcing.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
    LogTrackingRecorder,
)

RecorderClass = TypeVar("RecorderClass", bound=Recorder)


class LogFactory(InfrastructureFactory[LogTrackingRecorder]):
    """Reads from the environment, first with the application's name in capitals and `_` before it:

    DATABASE_URL, the address of a PostgreSQL 15 or newer; TICKETLEDGER_TENANT, the tenant of the log (default: the
    application's name in lower case); CREATE_TABLE (default: yes).
    """

    DATABASE_URL = "DATABASE_URL"
    TENANT = "TICKETLEDGER_TENANT"
    CREATE_TABLE = "CREATE_TABLE"

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Opens no connection yet. Raises InfrastructureFactoryError."""
        super().__init__(env)
        url = self.env.get(self.DATABASE_URL)
        if not url:
            raise InfrastructureFactoryError("set DATABASE_URL to the address of a PostgreSQL: postgresql://...")
        if self.env.get("ORIGINATOR_ID_TYPE", "uuid").lower() != "uuid":
            raise InfrastructureFactoryError("leave out ORIGINATOR_ID_TYPE: this log names its streams by UUIDs")
        try:
            self.database = LogDatabase(url, self.env.get(self.TENANT) or self.env.name.lower())
        except ValueError as error:
            raise InfrastructureFactoryError(f"set TICKETLEDGER_TENANT to a name for the log: {error}") from None

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[TAggregateID]] | None = None
    ) -> Mapper[TAggregateID]:
        """A LogMapper, unless another class is given or named by MAPPER_TOPIC."""
        if mapper_class is None and not self.env.get(self.MAPPER_TOPIC):
            mapper_class = LogMapper[TAggregateID]
        return super().mapper(transcoder, mapper_class)

    def aggregate_recorder(self, purpose: str = "events") -> LogAggregateRecorder:
        """The recorder of snapshots."""
        self._prepare()
        return LogAggregateRecorder(self.database, purpose)

    def application_recorder(self) -> LogApplicationRecorder:
        """The recorder of the application's events; no other application may use its log."""
        recorder_class = self._class(self.APPLICATION_RECORDER_TOPIC, LogApplicationRecorder)
        self._prepare(owned=True)
        return recorder_class(self.database)

    def tracking_recorder(
        self, tracking_recorder_class: type[LogTrackingRecorder] | None = None
    ) -> LogTrackingRecorder:
        """The view of a projection, of the given class or the one that TRACKING_RECORDER_TOPIC names."""
        recorder_class = tracking_recorder_class or self._class(self.TRACKING_RECORDER_TOPIC, LogTrackingRecorder)
        self._prepare()
        return recorder_class(self.database, self.env.name)

    def process_recorder(self) -> LogProcessRecorder:
        """The recorder of an application that follows others."""
        recorder_class = self._class(self.PROCESS_RECORDER_TOPIC, LogProcessRecorder)
        self._prepare(owned=True)
        return recorder_class(self.database, self.env.name)

    def close(self) -> None:
        """Closes the connections of all recorders."""
        self.database.close()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        super().__exit__(exc_type, exc_val, exc_tb)
        self.close()

    def _prepare(self, *, owned: bool = False) -> None:
        create = strtobool(self.env.get(self.CREATE_TABLE) or "yes")
        tenant = self.database.tenant
        self.database.run(lambda connection: tables.prepare(connection, tenant, create=create))
        if owned:
            self.database.run(lambda connection: tables.claim(connection, tenant, self.env.name))

    def _class(self, key: str, default: type[RecorderClass]) -> type[RecorderClass]:
        """The class that the environment names under ``key``. Raises InfrastructureFactoryError for an unfit one."""
        topic = self.env.get(key)
        named: object = resolve_topic(topic) if topic else default
        if isinstance(named, type) and issubclass(named, default):
            return named
        raise InfrastructureFactoryError(f"{key}={topic}: name a subclass of {default.__name__}")
