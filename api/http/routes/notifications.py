"""Notifications: what waits, what was sent, and what a person has to decide about."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from api.http.paging import POSITION_KEY, Cursor, Limit, cursor_key, cursor_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, reader
from domain.messages import Id, Word
from domain.notification.commands import NotificationChannel
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import family_of
from projections.notifications.queries import NotificationFilter, notifications, one_notification
from projections.notifications.table import NOTIFICATIONS, NotificationRow
from projections.notifications.texts import NotificationText, texts_of

router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

ReadNotifications = Annotated[ReadRequest, Depends(reader(NOTIFICATIONS, AUDIT_HISTORY))]
State = Literal["waiting", "attempting", "handed_over", "delivered", "uncertain", "failed", "suppressed"]


class NotificationList(BaseModel):
    """Those that were requested last come first. ``next`` is the cursor of the next page."""

    notifications: list[NotificationRow]
    next: str | None


class ShownNotification(BaseModel):
    """A notification with its text; None when its template is not known any more."""

    notification: NotificationRow
    text: NotificationText | None


@router.get("", summary="Notifications, the newest requests first", response_model=NotificationList)
def notification_list(
    reader: ReadNotifications,
    state: Annotated[list[State] | None, Query(description="In these states alone; repeat it for several.")] = None,
    customer: Annotated[Id | None, Query(description="To this customer, and to those merged with it.")] = None,
    channel: Annotated[NotificationChannel | None, Query(description="Over this channel alone.")] = None,
    rule: Annotated[Word | None, Query(description="The rule that requested it.")] = None,
    dead: Annotated[
        bool, Query(description="Only those that failed or are uncertain, which a person decides.")
    ] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    after = cursor_key(cursor, POSITION_KEY)
    with reader.live() as view:
        members = () if customer is None else family_of(view.connection, view.schema, customer).members
        wanted = NotificationFilter(state or (), members, channel, rule, dead)
        page, following = notifications(view.connection, view.schema, wanted, after=after, limit=limit)
    return view.answer({"notifications": page, "next": cursor_of(following)})


@router.get("/{notification_id}", summary="A notification with its text", response_model=ShownNotification)
def notification(notification_id: Id, reader: ReadNotifications) -> Response:
    """The text is rendered again from the template's version; its hash in the log proves it.

    The ETag is the version that If-Match takes.
    """
    with reader.live() as view:
        row = one_notification(view.connection, view.schema, notification_id)
        if row is None:
            raise Problem("not_found", "nothing has that id")
        texts = texts_of(view.connection, reader.tenant, [notification_id], view.position)
        return view.answer({"notification": row, "text": texts.get(notification_id)}, etag=str(row.version))
