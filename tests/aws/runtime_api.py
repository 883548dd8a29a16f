"""Lambda's Runtime API, as much of it as there is: what a function's process asks for its events, and tells its answers.

    with Runtime("hipflask.surfaces.aws.entry.handler", folder, {"HIPFLASK_APP": "shop:app"}) as runtime:
        answer = runtime.invoke({"version": "2.0", …})

The process is the one that runs on Lambda: AWS's own `awslambdaric`, or whatever a wrapper puts in its place. It is ended when its time is
up, as Lambda does, and started again for the next event.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

from aws.invocations import Answer, Invocation, ended, too_large, too_late

__all__ = ["Answer", "Runtime"]

VERSION = "/2018-06-01/runtime"
MOST_BYTES = 6_291_556  # of an answer as a whole
ARN = "arn:aws:lambda:eu-central-1:000000000000:function:{name}"
CLIENT = (
    "awslambdaric",
    "runtime_client",
    "simplejson",
    "snapshot_restore_py",
)  # what Lambda's Python has of its own


class Runtime:
    """A function: its code in a folder, its environment, and the process that answers."""

    def __init__(
        self,
        handler: str,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        name: str = "under-test",
        wrapper: str | None = None,
        beside: Sequence[str] | None = None,
    ) -> None:
        """`wrapper` is a program in front of the runtime (AWS_LAMBDA_EXEC_WRAPPER); `beside` names what of this environment's
        packages the code may import besides its own, all of them if None."""
        self._handler, self._folder, self._name, self._beside = handler, folder, name, beside
        self._wrapper = wrapper
        self._scratch = tempfile.TemporaryDirectory(prefix="lambda-")
        self._waiting: SimpleQueue[Invocation | None] = SimpleQueue()
        self._under_way: dict[str, Invocation] = {}
        self._lock = threading.Lock()
        self._log = Path(self._scratch.name, "log")
        self._log.touch()
        self._server = _Server(("127.0.0.1", 0), _Requests)
        self._server.runtime = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self._environment = {**self._usual(), **(environment or {})}
        if beside is None:  # also what this environment has been told to look at
            folders = (self._environment.get("PYTHONPATH"), os.environ.get("PYTHONPATH"))
            self._environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
        self._process: subprocess.Popen[bytes] | None = None
        self.init_error: Answer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def output(self) -> str:
        """All that has been printed and logged."""
        return self._log.read_bytes().decode(errors="replace")

    def invoke(self, event: Any, seconds: float = 10.0) -> Answer:
        """Have one event answered; bytes are sent as they are."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        with self._lock:  # one process answers one event at a time
            process = self._started()
            invocation = Invocation(body, seconds)
            self._waiting.put(invocation)
            while not invocation.is_done.wait(0.02):
                if process.poll() is not None:
                    invocation.end(self.init_error or ended(invocation, process.returncode))
                elif time.time() * 1000 > invocation.deadline:
                    self._stop()
                    invocation.end(too_late(invocation, seconds))
            assert invocation.answer is not None
            return invocation.answer

    def close(self) -> None:
        """End the process and the server."""
        self._stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._scratch.cleanup()

    # ── the process ───────────────────────────────────────────────────────────────────────────────

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self.init_error = None
            self._waiting = SimpleQueue()
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command(), cwd=self._folder, env=self._environment, stdout=log, stderr=log
                )
        return self._process

    def _command(self) -> list[str]:
        python = sys.executable if self._beside is None else self._python_alone()
        command = [python, "-m", "awslambdaric", self._handler]
        return [self._wrapper, *command] if self._wrapper else command

    def _python_alone(self) -> str:
        """A Python that has none of this environment's packages but for those that Lambda has, too."""
        python = Path(self._scratch.name, "python")
        packages = f"{self._folder}{os.pathsep}{self._packages()}"
        python.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{sys.executable}" -S "$@"\n')
        python.chmod(0o755)
        return str(python)

    def _packages(self) -> str:
        """A folder with those packages."""
        folder = Path(self._scratch.name, "packages")
        folder.mkdir(exist_ok=True)
        for name in {*CLIENT, *(self._beside or ())}:
            spec = importlib.util.find_spec(name)
            assert spec is not None and spec.origin is not None, name
            found = Path(spec.origin)
            found = found.parent if found.name == "__init__.py" else found
            if not (link := folder / found.name).exists():
                link.symlink_to(found)
        return str(folder)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._waiting.put(None)

    def _usual(self) -> dict[str, str]:
        """What Lambda says to every function."""
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return {
            "PATH": os.environ["PATH"],
            "TMPDIR": self._scratch.name,
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{version}",
            "AWS_LAMBDA_FUNCTION_NAME": self._name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "LAMBDA_TASK_ROOT": str(self._folder),
            "_HANDLER": self._handler,
        }

    # ── what the process asks and tells ───────────────────────────────────────────────────────────

    def next(self) -> Invocation | None:
        """The next event, as soon as there is one; None if nobody asks any more."""
        invocation = self._waiting.get()
        if invocation is not None:
            self._under_way[invocation.id] = invocation
        return invocation

    def told(self, id: str) -> Invocation | None:
        """The event that an answer belongs to; None if it has been answered already."""
        return self._under_way.pop(id, None)

    def arn(self) -> str:
        """The function's own."""
        return ARN.format(name=self._name)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    runtime: Runtime

    def handle_error(self, *_: object) -> None:
        """A process that was ended is not told anything; all else shows in what it answers, or does not."""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one segment, which goes at once: otherwise each answer waits for 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        runtime = self.server.runtime
        if self.path != f"{VERSION}/invocation/next" or (invocation := runtime.next()) is None:
            self.close_connection = True
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": invocation.id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": runtime.arn(),
            "Lambda-Runtime-Trace-Id": f"Root=1-{invocation.deadline // 1000:08x}-{invocation.id.replace('-', '')[:24]};Sampled=0",
        }
        self._respond(200, invocation.event, headers)

    def do_POST(self) -> None:
        runtime = self.server.runtime
        match self.path.removeprefix(VERSION).split("/"):
            case ["", "invocation", id, "response" | "error" as word] if invocation := runtime.told(id):
                answer = self._read(invocation.began)
                if answer.mode == "buffered" and len(answer.payload) > MOST_BYTES:
                    self._respond(413, b'{"errorType":"RequestEntityTooLarge"}')
                    invocation.end(too_large(MOST_BYTES))
                    return
                answer.is_error = word == "error" or bool(answer.trailers)
                self._respond(202, b'{"status":"OK"}')
                invocation.end(answer)
            case ["", "init", "error"]:
                answer = self._read(time.monotonic())
                answer.is_error = True
                runtime.init_error = answer
                self._respond(202, b'{"status":"OK"}')
            case _:
                self._read(time.monotonic())
                self._respond(400, b'{"errorMessage":"Unknown request","errorType":"InvalidRequestID"}')

    def _respond(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _read(self, began: float) -> Answer:
        answer = Answer(
            kind=self.headers.get("Content-Type", ""),
            mode=self.headers.get("Lambda-Runtime-Function-Response-Mode", "buffered"),
        )
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().strip() or b"0", 16):
                answer.parts.append((time.monotonic() - began, self.rfile.read(size)))
                assert self.rfile.readline() == b"\r\n", "a chunk does not end where it says"
            while line := self.rfile.readline().strip():
                name, _, value = line.decode("latin-1").partition(":")
                answer.trailers[name.strip().lower()] = value.strip()
        else:
            answer.parts.append((0.0, self.rfile.read(int(self.headers.get("Content-Length") or 0))))
        answer.payload = b"".join(part for _, part in answer.parts)
        return answer

    def log_message(self, *_: object) -> None:
        """Nothing: what counts is told to whoever invokes."""
