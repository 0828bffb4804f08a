"""Direct routes: endpoints called without FastAPI's middleware, route search and dependencies."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.problems import answer_error


class _Request(Request):
    """A request whose headers are a dictionary. The first of repeated headers counts, as in Starlette."""

    headers: Mapping[str, str] = {}  # type: ignore[assignment]  # a property of Starlette's, which searches a list

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies by name."""
        return cookie_parser(self.headers.get("cookie", ""))


class DirectRoute(APIRoute):
    """A route whose endpoint takes the request and returns the response; its exceptions are answered here.

    FastAPI's search for parameters and dependencies costs a third of a command.
    """

    answer_error = staticmethod(answer_error)

    def __init__(self, path: str, endpoint: Callable[[Request], Coroutine[Any, Any, Response]], **given: Any) -> None:
        super().__init__(path, endpoint, **given)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request = _Request(scope, receive, send)
            try:
                response = await endpoint(request)
            except Exception as error:
                response = await self.answer_error(request, error)
                await response(scope, receive, send)
                if response.status_code == 500:  # noqa: PLR2004 -- HTTP's own
                    raise  # the server logs a defect
            else:
                await response(scope, receive, send)

        self.app = answer


class DirectRouting:
    """Finds direct routes of one method by a look-up in a dictionary. Every other request goes to ``rest``.

    FastAPI's middleware and its search through the routes cost a tenth of a command.
    """

    def __init__(self, app: FastAPI, rest: ASGIApp) -> None:
        direct = [route for route in app.routes if isinstance(route, DirectRoute) and _has_key(route)]
        self._routes = {_key(method, route.path): route for route in direct for method in route.methods or ()}
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(_key(scope["method"], scope["path"])) if scope["type"] == "http" else None
        if route is None:
            await self._rest(scope, receive, send)
            return
        scope["route"] = route
        scope["path_params"] = dict(zip(route.param_convertors, _stream(scope["path"]), strict=True))
        await route.app(scope, receive, send)


def _has_key(route: DirectRoute) -> bool:
    """Whether ``_key`` identifies its address: it has no parameter, or only that of a stream."""
    return _key("", route.path) != () and _stream(route.path) == [f"{{{name}}}" for name in route.param_convertors]


def _key(method: str, path: str) -> tuple[str, ...]:
    """``("POST", "tickets", "assign")`` of /v1/tickets/ID/assign, ``()`` of an address of another shape."""
    match path.split("/"):
        case ["", "v1", collection, stream, word] if stream:
            return method, collection, word
        case ["", "v1", collection]:
            return method, collection
        case ["", name]:
            return method, "", name
        case _:
            return ()


def _stream(path: str) -> list[str]:
    """The part of the path that names a stream, if there is one."""
    return path.split("/")[3:4]
