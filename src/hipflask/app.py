"""`Hipflask` and `Blueprint`: Flask's own, with decorators for the other ways to reach a function."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

import flask
from flask.sansio.scaffold import Scaffold
from werkzeug.exceptions import HTTPException

from .core import bundled, tracing
from .core.action import Door, Registry
from .core.errors import HipflaskError
from .surfaces.events.decorators import EventDecorators
from .surfaces.mcp.decorators import McpDecorators
from .surfaces.voice.decorators import VoiceDecorators
from .telemetry import start as telemetry

# What a door needs is loaded with the first function that has it: a command starts without windows, a voice without commands.

if TYPE_CHECKING:
    from .core.ports import Resources, Sync
    from .core.spots import Area
    from .ui.pace import Pace
    from .ui.theme import Theme

F = TypeVar("F", bound=Callable[..., Any])


class Decorators(VoiceDecorators, McpDecorators, EventDecorators, Scaffold):
    """The decorators that `Hipflask` and `Blueprint` share. Each records one more door and returns the function as it was."""

    actions: Registry

    def window(
        self,
        rule: str,
        *,
        title: str | None = None,
        width: int = 1000,
        height: int = 720,
        monitor: int | str | None = None,
        area: str | Area | None = None,
        at_start: bool = False,
        endpoint: str | None = None,
    ) -> Callable[[F], F]:
        """Let a function draw a window (or, under `hipflask serve`, a page) at a URL rule.

        The function draws with `ui.*`, returns nothing, and is called again whenever something that it read has
        changed. Its parameters are filled from the rule, and from the query for those that the rule does not name.

        `monitor` (a number, a name or "next") and `area` ("left half", "maximized", or fractions) say where it is to stand, until
        the person puts it elsewhere. Windows that say `at_start` open with the program, if they need no arguments.
        """
        from .core.spots import spot
        from .surfaces import pages
        from .ui.waiting import refuse_async

        wish = spot(f"@app.window({rule!r})", monitor, area)

        def record(function: F) -> F:
            refuse_async(function, f"@app.window({rule!r})")
            options = {
                "title": title,
                "width": width,
                "height": height,
                "spot": wish,
                "at_start": at_start,
                "endpoint": endpoint,
            }
            action = self.actions.add(function, door := Door("window", rule, options))
            pages.mount(self, action, door)
            return function

        return record

    def api(
        self,
        rule: str,
        *,
        methods: Sequence[str] = ("GET",),
        endpoint: str | None = None,
        authorizer: Callable[..., Any] | None = None,
    ) -> Callable[[F], F]:
        """Let a function answer HTTP: parameters from path, query and body by their type hints, its result as JSON.

        With an `authorizer`, a function decorated with `@app.authorizer()`, it is asked first who may.
        """
        from .surfaces import api

        options: dict[str, Any] = {"methods": list(methods), "endpoint": endpoint}
        if authorizer is not None:
            options["authorizer"] = authorizer

        def record(function: F) -> F:
            action = self.actions.add(function, door := Door("api", rule, options))
            api.mount(self, action, door)
            return function

        return record

    def command(self, name: str | None = None) -> Callable[[F], F]:
        """Let a function be a command of the shell: `hipflask NAME`.

        Parameters without a default become arguments, the others options; the docstring is the help.
        """
        from .surfaces.commands.mounting import mount as mount_command

        def record(function: F) -> F:
            action = self.actions.add(
                function, door := Door("command", name or function.__name__.replace("_", "-"))
            )
            mount_command(self.cli, action, door, is_in_group=not isinstance(self, flask.Flask))
            return function

        return record


class Hipflask(Decorators, flask.Flask):
    """A Flask app that is a desktop program: everything that `flask.Flask` is and does, and windows.

    `theme` says how its windows look; all other arguments are Flask's.
    """

    def __init__(self, import_name: str, *, theme: Theme | None = None, **flask_options: Any) -> None:
        self.actions = Registry()
        self._resources: Resources | None = None
        self._resources_lock = Lock()
        self.actions.exchange_by(self._start_sync)
        self.actions.when_begun(lambda: telemetry.start(self.name, self.config))
        self.actions.when_begun(self._begin_sync)
        self.actions.when_begun(self._be_inspected)
        super().__init__(import_name, **flask_options)
        if theme is not None:
            self.config["HIPFLASK_THEME"] = theme

    def run(
        self,
        host: str | None = None,
        port: int | None = None,
        debug: bool | None = None,
        load_dotenv: bool = True,
        *,
        restore: bool | None = None,
        **options: Any,
    ) -> None:
        """Open the app's windows, and return when the last of them has been closed.

        With `restore`, or `app.config["HIPFLASK_RESTORE_WINDOWS"] = True`, it opens those that were open when the program last ended.
        Without window functions, or when a host or port is given, this is Flask's own `run`: the development server.
        """
        # A process that ui.process has started imports this program anew, and must not open it a second time;
        # neither must the command line, which imports it to learn what there is to run.
        if _is_run_from_cli() or _is_run_by_another_process():
            return
        if host is not None or port is not None or not self.has_windows:
            super().run(host, port, debug, load_dotenv, **options)
            return
        if debug is not None:
            self.debug = debug
        if restore is not None:
            self.config["HIPFLASK_RESTORE_WINDOWS"] = restore
        if self.debug:
            from .devtools import reload

            if reload.can_reload():
                reload.run_script(self)
                return
        from .surfaces import desktop

        desktop.run(self, self.actions)

    def auto_find_instance_path(self) -> str:
        """Flask's; in a bundle, the folder for the data of this user's programs: what is beside the code goes with an update.

        On AWS Lambda, where nothing else can be written, a folder for what is kept as long as the process.
        """
        if bundled.is_on_lambda():
            return os.path.join(tempfile.gettempdir(), "hipflask-instance")
        program = bundled.program_id()
        if program is None:
            return super().auto_find_instance_path()
        import platformdirs

        return str(platformdirs.user_data_path(program, appauthor=False))

    def full_dispatch_request(self) -> flask.Response:
        """Flask's; what a request writes takes effect before it is answered."""
        if tracing.sinks:
            from .surfaces import telling

            return telling.answered(self._answer_request)
        return self._answer_request()

    def _answer_request(self) -> flask.Response:
        with self.actions.unit_of_work():
            if not self._middlewares:
                return super().full_dispatch_request()
            return self._through_middlewares(super().full_dispatch_request)

    def _through_middlewares(self, dispatch: Callable[[], flask.Response]) -> flask.Response:
        from .surfaces.events.around import wrapped

        answer = wrapped(self._middlewares, lambda _: dispatch())
        response: flask.Response = self.make_response(answer(flask.request))
        return response

    @cached_property
    def _middlewares(self) -> Sequence[Callable[..., Any]]:
        """Those around web requests; asked for with the first of those, after which none can be added."""
        if not any(self.actions.doors("middleware")):
            return ()
        from .surfaces.events.around import middlewares_for

        return middlewares_for(self.actions, "http")

    def handle_user_exception(self, e: Exception) -> Any:
        """Flask's; what the view had written before it raised is taken back."""
        self.actions.roll_back()
        return super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Any:
        """Flask's; what is logged of it belongs to its request."""
        if not tracing.sinks:
            return super().handle_exception(e)
        from .surfaces import telling

        with telling.within():
            return super().handle_exception(e)

    def make_response(self, rv: Any) -> Any:
        """Flask's, but for errors that nobody handles: who looks at them gets a page that can be looked at."""
        is_bare = isinstance(rv, HTTPException) and rv.response is None and (rv.code or 0) >= 400
        if is_bare:
            from .surfaces import pages

            if pages.is_for_a_person():
                return pages.error_page(rv)
        return super().make_response(rv)

    @property
    def _hub_url(self) -> str | None:
        return self.config["HUB_URL"] if "HUB_URL" in self.config else os.environ.get("HUB_URL")

    def _start_sync(self, store: Any) -> Sync | None:
        if not self._hub_url:
            return None
        from .sync.replica.client import start

        return start(self, store, self._hub_url, self.actions.has_begun)

    def _be_inspected(self) -> None:
        if (
            "HIPFLASK_INSPECT" in os.environ
        ):  # set by `hipflask run --inspect`, for itself and whatever it starts
            from .devtools.inspector import agent

            agent.start(self)

    def _begin_sync(self) -> None:
        if self._hub_url:  # without waiting for the first window to read something
            Thread(target=self._open_store, name="hipflask-open", daemon=True).start()

    def _open_store(self) -> None:
        with contextlib.suppress(HipflaskError):  # whoever asks for the store is told
            self.actions.find_sync()

    def resources(self) -> Resources:
        """The app's queues, buckets and topics on this computer: where those are kept that the environment does not place at Amazon's."""
        with self._resources_lock:
            if self._resources is None:
                from .surfaces.worker.embedded import Embedded

                self._resources = Embedded(self)
            return self._resources

    @property
    def has_windows(self) -> bool:
        """Whether any function draws a window."""
        return any(self.actions.doors("window"))

    def paces(self) -> list[Pace]:
        """How many frames each open window has been sent, and how long the newest of them took until they were painted."""
        from .surfaces import pages

        return [session.pace for session in pages.host_of(self).sessions() if session.connected]

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """Answer one request; from the first one on, nothing can be registered."""
        self.actions.start("the web")
        return super().wsgi_app(environ, start_response)


class Blueprint(Decorators, flask.Blueprint):
    """Flask's blueprint, with the same decorators as the app; what they record takes effect when it is registered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.actions = Registry()
        super().__init__(*args, **kwargs)

    def register(self, app: Any, options: dict[str, Any]) -> None:
        """Add everything that was recorded to the app."""
        super().register(app, options)
        if isinstance(app, Hipflask):
            prefix = options.get("url_prefix", self.url_prefix) or ""
            app.actions.include(self.actions, prefix)
        self.actions.close(
            f"the blueprint {self.name!r} has been registered, and the app has taken over what was there. "
            f"Decorate functions before app.register_blueprint({self.name})."
        )


def _is_run_from_cli() -> bool:
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"


def _is_run_by_another_process() -> bool:
    import multiprocessing  # a process that was started by it has it already

    return multiprocessing.parent_process() is not None
