"""A wire from a laptop to whichever hub answers: a TCP proxy on this computer that can be cut."""

import contextlib
import socket
import threading

BITE = 65_536


class Wire:
    """Listens on a port of its own and passes bytes on, both ways, to the first of the hubs that takes a connection."""

    def __init__(self, hubs):
        self.hubs = hubs  # a function: the ports to try, in this order
        self.is_cut = False
        self.passed = 0  # bytes
        self._open = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    def cut(self):
        """Nothing gets through any more, and what was open breaks off."""
        self.is_cut = True
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _close(end)

    def heal(self):
        self.is_cut = False

    def close(self):
        self.cut()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._connect, args=(near,), name="wire", daemon=True).start()

    def _connect(self, near):
        far = None if self.is_cut else self._reach()
        if far is None:
            _close(near)
            return
        for end in (near, far):  # bytes go on at once, as from any proxy for sockets
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open |= {near, far}
        if self.is_cut:  # meanwhile
            self.cut()
        threading.Thread(target=self._carry, args=(far, near), name="wire", daemon=True).start()
        self._carry(near, far)

    def _reach(self):
        for port in self.hubs():
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=2)
        return None

    def _carry(self, source, target):
        with contextlib.suppress(OSError):
            source.settimeout(None)
            while data := source.recv(BITE):
                target.sendall(data)
                self.passed += len(data)
        for end in (source, target):
            with self._lock:
                self._open.discard(end)
            _close(end)


def _close(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
