"""The facts of files: one of them, and those of a ticket, a customer or a contract."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from api.http.paging import Cursor, Limit, Version, cursor_key, page_of
from api.http.read_session import ReadRequest, reader
from domain.messages import Id
from projections.customers.owned_rows import OwnedKey, owned_rows, owned_rows_as_they_were
from projections.files.queries import file_in, file_row
from projections.files.table import FILES, FileRow

router = APIRouter(prefix="/v1/files", tags=["files"])

ReadFiles = Annotated[ReadRequest, Depends(reader(FILES))]
_KEY: TypeAdapter[OwnedKey] = TypeAdapter(tuple[AwareDatetime, UUID, Version])
_FILES = FILES.tables[0]


class FileList(BaseModel):
    """The newest files first. ``next`` is the cursor of the next page."""

    files: list[FileRow]
    next: str | None


@router.get("", summary="The files of a ticket, a customer or a contract", response_model=FileList)
def files(
    reader: ReadFiles,
    owner: Annotated[Id, Query(description="The id of the ticket, the customer or the contract.")],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, _KEY)
    with reader.live() as view:
        if reader.is_point_in_time:
            rows = owned_rows_as_they_were(
                view.connection,
                reader.tenant,
                view.schema,
                FILES,
                _FILES,
                [owner],
                owner="owner",
                known_at=reader.known_at,
                as_of=reader.as_of,
            )
            rows = [row for row in rows if after is None or (row["at"], row["file"], row["version"]) < after]
        else:
            rows = owned_rows(
                view.connection, view.schema, _FILES, [owner], owner="owner", after=after, limit=limit + 1
            )
    page, following = page_of(rows, limit, lambda row: (row["at"], row["file"], row["version"]))
    return view.answer({"files": page, "next": following})


@router.get("/{file_id}", summary="The facts of a file", response_model=FileRow)
def file(file_id: Id, reader: ReadFiles) -> Response:
    """The ETag is the version that If-Match takes."""
    return reader.one(file_id, file_row, lambda rows, _: file_in(rows))
