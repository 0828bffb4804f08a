"""A form that a page has sent: its fields, the id of its command, its session, and the visit of its sender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from api.api_keys import Permission, Principal
from api.http.command_headers import context_of
from api.http.container import Container, container_of
from api.http.form_body import read_form
from api.http.middleware import encoded_path, name_of
from api.http.session_cookie import (
    SentFields,
    cookie_of,
    field_of,
    form_token,
    local_cookie,
    refuse_another_site,
    set_cookie,
)
from api.screen.actions.form import COMMAND_ID
from api.screen.frame import visit_of
from api.screen.language import language_of
from api.screen.screen_route import html_answer
from api.screen.visit import Visit, Visitor
from domain.command_context import CommandContext
from domain.ids import new_id_text

CHANNEL = "screen"
"""The channel that the envelope of a command from a form names."""
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class SentForm:
    """``command_id`` is a new one when the form has none that can be used.

    ``cookie`` is None for a sender without a session. A keyless sender always has one: the request's own or a new one.
    """

    request: Request
    fields: SentFields
    command_id: str
    cookie: str | None
    is_keyless: bool

    @property
    def container(self) -> Container:
        """The parts of the serving process."""
        return container_of(self.request)

    @property
    def token(self) -> str:
        """The token for the next form of the session; empty without a session."""
        return "" if self.cookie is None else form_token(self.cookie)

    @property
    def visitor(self) -> Visitor:
        """The sender, before it is known who it is."""
        return Visitor(language_of(self.request), encoded_path(self.request))

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters of the address."""
        return {name: name_of(value) for name, value in self.request.path_params.items()}

    def one(self, name: str) -> str:
        """The last value of a field; empty without one."""
        return field_of(self.fields, name)

    def every(self, name: str) -> Sequence[str]:
        """All values of a field."""
        return self.fields.get(name, ())

    async def visit(self, scope: Permission) -> Visit:
        """The visit at the present instant. Raises Problem (unauthenticated, forbidden)."""
        caller = await self.container.callers.of_form(self.request, self.fields, scope)
        return await run_in_threadpool(visit_of, self.request, self.container, caller)

    def context(self, caller: Principal, versions: Sequence[int] | None = None, part: str = "") -> CommandContext:
        """The context of the form's command, or of one of its commands, which ``part`` tells from the others."""
        return context_of(self.request, caller, versions, key=self.command_id + part, channel=CHANNEL)

    def answer(self, html: str, status: int) -> Response:
        """A page with another form of the same session. A keyless sender gets the cookie that its token needs."""
        page = html_answer(html, status)
        if self.is_keyless and self.cookie is not None:
            set_cookie(page, self.request, self.cookie)
        return page


async def form_sent(request: Request) -> SentForm:
    """The form of a request. Raises Problem (forbidden) for one that another site sends: it must not come back."""
    fields = await read_form(request)
    refuse_another_site(request)
    is_keyless = container_of(request).callers.needs_no_key(request)
    command_id = field_of(fields, COMMAND_ID)
    is_usable = command_id.isascii() and command_id.isprintable() and 0 < len(command_id) <= _LONGEST_ID
    return SentForm(
        request,
        fields,
        command_id if is_usable else new_id_text(),
        local_cookie(request) if is_keyless else cookie_of(request),
        is_keyless,
    )
