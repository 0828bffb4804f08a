"""The mapper turns domain events of the library's applications into stored events and back."""

from typing import Any

from eventsourcing.domain import DomainEventProtocol, TAggregateID
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from domain.event_log.codec import reason_of

_COLUMNS = {"originator_id", "originator_version"}
"""Fields that a stored event holds beside its state."""


class LogMapper(Mapper[TAggregateID]):
    """The library's mapper, extended to events that are pydantic models.

    A model is stored as the JSON values of its fields. Loading validates them, so that nested models, times and
    decimals keep their types and equal events compare equal. Upcasters (`upcast_v1_v2`) get the JSON values.
    """

    def to_stored_event(self, domain_event: DomainEventProtocol[TAggregateID]) -> StoredEvent:
        """The stored event of a domain event."""
        if isinstance(domain_event, BaseModel):
            fields = domain_event.model_dump(mode="json", round_trip=True, by_alias=False, exclude=_COLUMNS)
            columns = {name: getattr(domain_event, name) for name in _COLUMNS}
            return super().to_stored_event(_unvalidated(type(domain_event), fields | columns))
        return super().to_stored_event(domain_event)

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[TAggregateID]:
        """The domain event of a stored event. Raises MapperDeserialisationError."""
        domain_event: Any = super().to_domain_event(stored_event)
        if not isinstance(domain_event, BaseModel):
            return domain_event  # type: ignore[no-any-return]  # the library gives any class of the application
        try:
            values = to_json(vars(domain_event))
            return type(domain_event).model_validate_json(values, by_alias=False, by_name=True)  # type: ignore[return-value]  # a model is no DomainEventProtocol to mypy
        except ValidationError as error:
            raise MapperDeserialisationError(
                f"the event {stored_event.topic}, version {stored_event.originator_version} of"
                f" {stored_event.originator_id}, cannot be read: {reason_of(error)}"
            ) from None  # the cause holds texts of customers, and the message goes to logs


def _unvalidated(cls: type[BaseModel], fields: dict[str, Any]) -> Any:
    """An object of the class with unvalidated fields: the library's mapper reads nothing else."""
    made = object.__new__(cls)
    object.__setattr__(made, "__dict__", fields)
    return made
