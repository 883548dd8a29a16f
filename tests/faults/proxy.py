"""A network that can be cut anywhere: bytes go through until they do not."""

from __future__ import annotations

import contextlib
import socket
import struct
from threading import Lock, Thread


class Proxy:
    """Passes connections on to a port; `cut` ends them all, `cut_after` in the middle of what comes next."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.is_open = True
        self._left: dict[bool, int] = {}  # by whether it comes from the server
        self._stays_cut = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = Lock()
        Thread(target=self._accept, daemon=True).start()

    def cut(self, *, stay_cut: bool = False) -> None:
        """End all connections at once, with nothing said."""
        with self._lock:
            self.is_open = self.is_open and not stay_cut
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    # No farewell: a reset, as from a machine that is no more.
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def cut_after(self, count: int, *, from_server: bool = True, stay_cut: bool = False) -> None:
        """End all connections when so many more bytes have come from the server (or from its visitors).

        With `stay_cut` none comes about until `is_open` is true again.
        """
        self._left[from_server] = count
        self._stays_cut = stay_cut

    def stop(self) -> None:
        """End for good."""
        self.is_open = False
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self.is_open:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            with self._lock:  # it may have been cut since
                if not self.is_open:
                    near.close()
                    far.close()
                    continue
                self._pairs.add((near, far))
            Thread(target=self._pass, args=(near, far, False), daemon=True).start()
            Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_from_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                left = self._left.get(is_from_server)
                target.sendall(data[:left])
                if left is not None and left <= len(data):
                    self._left.pop(is_from_server, None)  # another connection may have come first
                    self.cut(stay_cut=self._stays_cut)
                    return
                if left is not None:
                    self._left[is_from_server] = left - len(data)
            target.shutdown(socket.SHUT_WR)
