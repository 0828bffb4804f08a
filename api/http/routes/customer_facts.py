"""The facts of a customer and of all who are merged with it: one address for each kind."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.customer_readings.facts import READINGS, FactReading, facts_of, key_of, table_of
from api.http.paging import Cursor, Limit, Version, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from projections.customers.owned_rows import OwnedKey
from projections.customers.table import CUSTOMERS

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["customer facts"])

_KEY: TypeAdapter[OwnedKey] = TypeAdapter(tuple[AwareDatetime, UUID, Version])
F = TypeVar("F")


class FactPage(BaseModel, Generic[F]):
    """The newest facts first, also those of customers that are merged with this one.

    ``next`` is the cursor of the next page.
    """

    facts: list[F]
    next: str | None


def _add(reading: FactReading) -> None:
    read = reader(CUSTOMERS, reading.projection)

    def endpoint(
        customer_id: Id,
        reader: Annotated[ReadRequest, Depends(read)],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        after = cursor_key(cursor, _KEY)
        made = table_of(reading.projection, reading.table)
        with reader.live() as view:
            facts = facts_of(reader, view, customer_id)
            rows = facts.page(reading.projection, reading.table, after, limit + 1)
        page, following = page_of(rows, limit, lambda row: key_of(row, made))
        shown_ = [reading.show(row, facts.today, facts.zone) for row in page]
        return view.answer({"facts": shown_, "next": following})

    router.add_api_route(
        f"/{reading.word}",
        endpoint,
        methods=["GET"],
        summary=f"{reading.summary}, the newest first",
        name=f"customer_{reading.table.removeprefix('customer_')}",
        response_model=FactPage[reading.model],  # type: ignore[name-defined]  # a model made when it is imported
    )


for _reading in READINGS:
    _add(_reading)
