"""Published definitions: the versions in effect, all versions, and how two of them differ."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.http.covered_instant import CoveredInstant
from api.http.identifiers import Name
from api.http.numbered_version import numbered_version, tag_in_effect
from api.http.problems import Problem
from api.http.read_session import ReadRequest, ReadSession, reader
from domain.definitions.diff import Difference, differences
from domain.definitions.overview import overview, versions_of
from domain.definitions.published import PublishedVersion
from domain.envelope import RecordedEvent
from domain.event_log import reader as log_reader
from domain.versions import in_effect

router = APIRouter(prefix="/v1/definitions", tags=["definitions"])

ReadDefinitions = Annotated[ReadRequest, Depends(reader())]
Kind = Annotated[str, Path(min_length=1, max_length=200, pattern="^[a-z_-]+$")]
Number = Annotated[int, Path(ge=0, le=2**31)]
From = Annotated[int, Query(alias="from", ge=0, le=2**31, description="A version.")]
To = Annotated[int, Query(ge=0, le=2**31, description="Another version.")]
At = Annotated[CoveredInstant | None, Query(description="The version in effect then; now when it is not given.")]
OfKind = Annotated[str | None, Query(max_length=200, pattern="^[a-z_-]+$", description="Of this kind alone.")]


@router.get("", summary="Every definition, in its version in effect", response_model=list[PublishedVersion])
def definitions(reader: ReadDefinitions, kind: OfKind = None, at: At = None) -> Response:
    with _published(reader) as (view, events):
        return view.answer(overview(events, at or view.now, kind))


@router.get("/{kind}/{name}", summary="A definition in effect", response_model=PublishedVersion)
def definition(kind: Kind, name: Name, reader: ReadDefinitions, at: At = None) -> Response:
    """If a newer version is published, the ETag names both: the answer changes when the newer one takes effect."""
    with _published(reader) as (view, events):
        versions = _versions(events, kind, name)
        chosen = in_effect(versions, at or view.now)
        if chosen is None:
            raise Problem("not_found", "no version of it is in effect then")
        return view.answer(chosen, etag=tag_in_effect(versions[-1].version, chosen.version))


@router.get("/{kind}/{name}/versions", summary="Every version of a definition", response_model=list[PublishedVersion])
def definition_versions(kind: Kind, name: Name, reader: ReadDefinitions) -> Response:
    with _published(reader) as (view, events):
        versions = _versions(events, kind, name)
        return view.answer(versions, etag=str(versions[-1].version))


@router.get("/{kind}/{name}/versions/{number}", summary="One version of a definition", response_model=PublishedVersion)
def definition_version(kind: Kind, name: Name, number: Number, reader: ReadDefinitions) -> Response:
    with _published(reader) as (view, events):
        versions = _versions(events, kind, name)
        return view.answer(numbered_version(versions, number), etag=str(versions[-1].version))


@router.get("/{kind}/{name}/diff", summary="How two versions of a definition differ", response_model=list[Difference])
def definition_diff(kind: Kind, name: Name, reader: ReadDefinitions, from_: From, to: To) -> Response:
    with _published(reader) as (view, events):
        versions = _versions(events, kind, name)
        old, new = numbered_version(versions, from_), numbered_version(versions, to)
        return view.answer(differences(old.body, new.body), etag=str(versions[-1].version))


@contextmanager
def _published(reader: ReadRequest) -> Iterator[tuple[ReadSession, Sequence[RecordedEvent]]]:
    """The definitions published up to the position of the reading. A definition counts from its effective instant."""
    with reader.live() as view:
        yield view, log_reader.definitions(view.connection, reader.tenant, view.position)


def _versions(events: Sequence[RecordedEvent], kind: str, name: str) -> list[PublishedVersion]:
    versions = versions_of(events, kind, name)
    if not versions:
        raise Problem("not_found", f"no {kind} {name!r} was published, or not by then")
    return versions
