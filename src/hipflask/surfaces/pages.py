"""Window functions as Flask views: the page for a window's first paint, and the live session behind it.

Being a rule like any other, a window has `url_for`, `before_request`, log-in extensions and the test client. Its
parameters are filled from the path and, for those that the path does not have, from the query.
"""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, globals, request
from flask.sansio.scaffold import Scaffold
from werkzeug.exceptions import HTTPException, InternalServerError

from ..core import uncaught
from ..core.action import Action, Door
from ..core.errors import BindingError, StoreError
from . import plain
from .environ import NO_WINDOWS
from .work import find_rows, find_sync, new_history, unit_of_work

if TYPE_CHECKING:
    from flask import Flask

    from ..ui.host import Host
    from ..ui.theme import Theme
    from ..ui.wire import Page

SOCKET = "/_hipflask/live"
STATIC = "/_hipflask/static/"
ICONS = "/_hipflask/icons/"
EXTENSION = "hipflask"
WRONG = "Something went wrong"
HALTED = "Hipflask-Halted"  # the socket of the session before says why there is no page
FROM = "Hipflask-From"  # the session that a person goes on from: what they did there they can still undo
BEFORE = "Hipflask-Session"  # a page that is fetched again names the session that it had


def host_of(app: Flask) -> Host:
    """The app's live sessions and workers, made when they are first asked for."""
    if EXTENSION not in app.extensions:
        from ..ui.host import Host

        app.extensions.setdefault(EXTENSION, Host(app.logger))
    return cast("Host", app.extensions[EXTENSION])


def mount(scaffold: Scaffold, action: Action, door: Door) -> None:
    """Add the rule of a window function to an app or a blueprint."""
    endpoint = door.options.get("endpoint") or action.name
    scaffold.add_url_rule(door.name, endpoint, View(action), methods=["GET"])


@dataclass(frozen=True)
class View:
    """The Flask view of a window function: equal to any other of the same one, so that two rules may share an endpoint."""

    action: Action
    is_window: ClassVar = True

    def __call__(self, **path: object) -> Response:
        """Answer a visit; with why there is no window, where the server says that it cannot carry any."""
        if why := request.environ.get(NO_WINDOWS):
            abort(501, why)
        return open_page(
            self.action, self.door(request.url_rule.rule if request.url_rule is not None else ""), path
        )

    def draws(self, function: Callable[..., object]) -> bool:
        """Whether this is the view of that window function."""
        return self.action.function is function

    def door(self, rule: str) -> Door:
        """The door of a rule; a blueprint may have put its prefix before it."""
        doors = [door for door in self.action.doors if door.surface == "window" and rule.endswith(door.name)]
        return max(doors, key=lambda door: len(door.name))


def open_page(action: Action, door: Door, path: dict[str, object]) -> Response:
    """Begin a live session of a window function, and answer with the page for its first paint."""
    from .places import find_place  # a command that opens no window does without

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    host = host_of(app)
    came_from = host.find(request.headers.get(FROM, ""))
    session = host.open(
        action.function,
        _arguments(action, path),
        enter=_copies_of_this_request(app),
        find_place=find_place,
        find_rows=find_rows(app),
        find_sync=find_sync(app),
        debug=app.debug,
        address=request.full_path.rstrip("?"),
        before=request.headers.get(BEFORE, ""),
        history=came_from.history if came_from is not None else new_history(app),
    )
    theme = theme_of(app)
    try:
        page = session.first_page(SOCKET, theme.variables(), theme.scheme)
    except Exception as error:
        host_of(app).forget(session)
        if _is_taken_care_of(app, error):
            raise
        raise _as_page(app, error, request.headers.get(BEFORE, "")) from error
    title = door.options.get("title") or action.name.replace("_", " ").capitalize()
    return html_page(app, title, page)


def theme_of(app: Flask) -> Theme:
    """How the app's windows look."""
    from ..ui.theme import Theme

    return cast("Theme", app.config.get("HIPFLASK_THEME") or Theme())


def _is_taken_care_of(app: Flask, error: Exception) -> bool:
    """Whether Flask, a test or the app's own error handler knows better than a page of ours."""
    has_handler = app._find_error_handler(error, request.blueprints) is not None
    return isinstance(error, HTTPException) or app.testing or has_handler


def _as_page(app: Flask, error: Exception, before: str) -> HTTPException:
    """An error in a window function, as a page for the person who waits for a window."""
    from ..ui.wire import Halted

    app.logger.error("Drawing %s for the first time failed", request.path, exc_info=error)
    uncaught.tell("drawing a window for the first time", error)
    sentence, detail = "This window could not be drawn. The details are in the program's log.", ""
    if isinstance(error, StoreError):  # what to do about it is for whoever sits there
        sentence = str(error)
    if app.debug:
        sentence, detail = f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error))
    response = Response(plain.page(WRONG, sentence, detail), 500, plain.HEADERS)
    host = host_of(app)
    if before and host.recall is not None:  # what is shown can stay there until the program is changed again
        host.halted_pages[before] = Halted(WRONG, sentence, detail)
        response.headers[HALTED] = "yes"
    return InternalServerError(response=response, original_exception=error)


def is_for_a_person() -> bool:
    """Whether the present request would rather have a page than anything else, as browsers do."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted["application/json"]


def error_page(error: HTTPException) -> Response:
    """A page for a person whom nobody else tells what went wrong: nothing is there, or it may not be seen."""
    sentence = _SENTENCES.get(error.code or 500) or error.description or "This cannot be shown."
    response = error.get_response()  # with the headers that belong to it
    response.headers.update(plain.HEADERS)
    here = urlsplit(request.referrer or "")
    came_from = request.referrer if here.netloc == request.host and here.path != request.path else None
    response.set_data(plain.page(error.name, sentence, links=_ways(came_from)))
    return cast("Response", response)


def _ways(came_from: str | None) -> dict[str, str]:
    """Where to go from a page that has nothing to show."""
    back = {"Back": came_from} if came_from else {}
    return back if request.path == "/" else back | {"To the start": f"{request.root_path}/"}


_SENTENCES = {
    403: "You may not see this.",
    404: "There is nothing at this address. It may have been moved, or mistyped.",
    405: "This address does not take what was sent to it.",
    413: "What was sent is too large.",
    500: "Something went wrong while this was being answered. The details are in the program's log.",
}


def _arguments(action: Action, path: dict[str, object]) -> dict[str, Any]:
    asked_for = action.plan.names & request.args.keys() - path.keys()
    query = {
        name: values if len(values := request.args.getlist(name)) > 1 else values[0] for name in asked_for
    }
    try:
        return action.plan.bind({**query, **path}, text=True)
    except BindingError as error:
        abort(404 if error.parameter in path else 422, str(error))


def _copies_of_this_request(app: Flask) -> Callable[[], AbstractContextManager[object]]:
    """Something that enters a fresh copy of the present request's context, each time it is called, in any thread.

    Each is a unit of work, which ends while the request is still there.
    """
    pristine = globals.request_ctx._get_current_object().copy()  # type: ignore[attr-defined]

    @contextmanager
    def enter() -> Iterator[None]:
        with pristine.copy(), unit_of_work(app):
            yield

    return enter


def html_page(app: Flask, title: str, page: Page) -> Response:
    """The HTML that brings a live page to a browser."""
    from ..ui import assets, wire

    # `<` inside JSON text may end the script element that carries it; its escape means the same to JSON.
    data = wire.encode(page).decode().replace("<", "\\u003c")
    files = assets.manifest()
    body = _PAGE.format(
        scheme=f' class="wa-{page.scheme}"' if page.scheme != "auto" else "",
        title=html.escape(title),
        css=STATIC + files.css,
        js=STATIC + files.js,
        chunks="\n".join(f'<link rel="modulepreload" href="{STATIC}{name}">' for name in files.chunks),
        data=data,
        plain=_NO_CLIENT,
    )
    response = Response(body, mimetype="text/html")
    response.headers.update(_HEADERS)
    # Whoever opened this page from elsewhere keeps no hold of it. A window of ours was opened by nobody: for it the browser
    # would throw away the process that it has just started, and start another, which is a fifth of the time to the first paint.
    if request.headers.get("Sec-Fetch-Site") not in ("none", "same-origin"):
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = content_security_policy(app.config.get("HIPFLASK_CSP", {}))
    return response


def content_security_policy(more: dict[str, str]) -> str:
    """What a window's page may load: its own files only, but for the sources that the app adds by directive."""
    rules = {name: f"{sources} {more.get(name, '')}".strip() for name, sources in _POLICY.items()}
    return "; ".join(f"{name} {sources}" for name, sources in ({**more, **rules}).items())


_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "frame-src": "'self'",  # viewers of figures, which are sandboxed by a policy of their own
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

# The style sheet hides it; where even that is missing, the server is one that cannot carry windows.
_NO_CLIENT = (
    "This is a live window, and this server cannot carry it: start the program with "
    "<code>hipflask run</code> or <code>hipflask serve</code>."
)

_PAGE = """<!doctype html>
<html lang="en"{scheme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{css}">
{chunks}
<script type="module" blocking="render" src="{js}"></script>
</head>
<body>
<p id="hipflask-plain">{plain}</p>
<script type="application/json" id="hipflask-page">{data}</script>
</body>
</html>
"""
