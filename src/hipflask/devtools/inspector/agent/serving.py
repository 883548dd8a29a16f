"""The door while it is open: whoever has the key asks, one question after the other, and is answered.

thread hipflask-inspect          accepts, at most so many at once
threads hipflask-inspect-n       one for each line: greet, then question → answer until it hangs up
"""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import Callable
from threading import Lock, Thread

import msgspec

from .. import door, questions
from ..records import Unanswered

# A window asks over several lines, so that a question that takes its time holds up no other.
MOST_LINES = 24

log = logging.getLogger(__name__)

Answer = Callable[[questions.Asked], object]


class Serving:
    """Answers at an address until it is stopped."""

    def __init__(self, address: door.Address, answer: Answer) -> None:
        self._address = address
        self._answer = answer
        self._lines: set[socket.socket] = set()
        self._lock = Lock()
        self._is_over = False
        self._listener, self._file = door.listen(address)
        Thread(target=self._accept, name="hipflask-inspect", daemon=True).start()

    def stop(self) -> None:
        """Answer no more; lines that are open are hung up."""
        with self._lock:
            self._is_over = True
            lines = list(self._lines)
        for connection in [self._listener, *lines]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._file.unlink(missing_ok=True)

    def _accept(self) -> None:
        while not self._is_over:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if not self._is_over:
                    log.warning(
                        "The inspector's door is closed: nobody can be let in any more.", exc_info=True
                    )
                return
            with self._lock:
                has_room = len(self._lines) < MOST_LINES
                if has_room:
                    self._lines.add(connection)
            if has_room:
                Thread(
                    target=self._attend, args=(connection,), name="hipflask-inspect-line", daemon=True
                ).start()
            else:
                connection.close()

    def _attend(self, connection: socket.socket) -> None:
        try:
            with connection, contextlib.suppress(EOFError, OSError):
                line = door.welcome(connection, self._address)
                while True:
                    line.send(self._answered(line.receive()))
        except door.Refused as error:
            log.warning("Somebody was turned away at the inspector's door: %s", error)
        finally:
            with self._lock:
                self._lines.discard(connection)

    def _answered(self, data: bytes) -> bytes:
        try:
            return questions.encode_answer(self._answer(questions.decode_question(data)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return questions.encode_problem("That is no question of this version's inspector.")
        except Unanswered as error:
            return questions.encode_problem(str(error))
        except (
            Exception
        ) as error:  # the program's own classes are asked; it must not suffer from being looked at
            log.debug("A question of the inspector's could not be answered", exc_info=True)
            return questions.encode_problem(f"That could not be found out ({type(error).__name__}).")
