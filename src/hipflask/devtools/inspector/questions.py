"""What the inspector asks a process, as it travels; `source.Source` says what each means.

Every question has one kind of answer, named beside it; instead of any there may be a sentence that says why there is none.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec

from . import records

T = TypeVar("T")


class Question(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """What all questions have: a tag on the wire."""


class About(Question, array_like=True, frozen=True, tag="about"):
    """→ Program."""


class WhatsNew(Question, array_like=True, frozen=True, tag="news"):
    """→ News, of what was recorded after that number."""

    since: int


class Sessions(Question, array_like=True, frozen=True, tag="sessions"):
    """→ list[Session]."""


class Tree(Question, array_like=True, frozen=True, tag="tree"):
    """→ Node."""

    session: str


class States(Question, array_like=True, frozen=True, tag="states"):
    """→ list[State]."""

    session: str


class SetState(Question, array_like=True, frozen=True, tag="set state"):
    """→ State."""

    session: str
    state: str
    text: str


class Pick(Question, array_like=True, frozen=True, tag="pick"):
    """→ Picked."""

    session: str


class StopPicking(Question, array_like=True, frozen=True, tag="stop picking"):
    """→ nothing."""

    session: str


class Figures(Question, array_like=True, frozen=True, tag="figures"):
    """→ list[Figure]."""


class Frames(Question, array_like=True, frozen=True, tag="frames"):
    """→ list[Frame]."""

    session: str


class Past(Question, array_like=True, frozen=True, tag="past"):
    """→ Past."""

    session: str
    frame: int


class Store(Question, array_like=True, frozen=True, tag="store"):
    """→ Store."""


class Explain(Question, array_like=True, frozen=True, tag="explain"):
    """→ Plan; `record` is the process's own number of it."""

    record: int


class LiveQueries(Question, array_like=True, frozen=True, tag="live queries"):
    """→ list[LiveQuery]."""


class Changes(Question, array_like=True, frozen=True, tag="changes"):
    """→ list[Change]."""

    before: int
    limit: int


class Sync(Question, array_like=True, frozen=True, tag="sync"):
    """→ Sync."""


class ProfileProgram(Question, array_like=True, frozen=True, tag="profile program"):
    """→ the profile's id."""

    seconds: float


class ProfileCalls(Question, array_like=True, frozen=True, tag="profile calls"):
    """→ the profile's id."""

    kind: Literal["handler", "draw", "task"]
    name: str
    calls: int


class Profiles(Question, array_like=True, frozen=True, tag="profiles"):
    """→ list[Profile]."""


class Profile(Question, array_like=True, frozen=True, tag="profile"):
    """→ Profile."""

    id: int


class StopProfile(Question, array_like=True, frozen=True, tag="stop profile"):
    """→ nothing."""

    id: int


class Speedscope(Question, array_like=True, frozen=True, tag="speedscope"):
    """→ a text."""

    id: int


Asked = (
    About | WhatsNew | Sessions | Tree | States | SetState | Pick | StopPicking | Figures | Frames | Past | Store | Explain
    | LiveQueries | Changes | Sync | ProfileProgram | ProfileCalls | Profiles | Profile | StopProfile | Speedscope
)  # fmt: skip


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """What comes back: why there is no answer, or the answer."""

    problem: str  # a sentence for a person; "" if all went well
    value: msgspec.Raw = msgspec.Raw(b"\xc0")  # nothing, as msgpack says it


_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_answers = msgspec.msgpack.Decoder(Answer)


def encode_question(question: Asked) -> bytes:
    """A question as it travels."""
    return _encoder.encode(question)


def decode_question(data: bytes) -> Asked:
    """A question that has come; raises msgspec.DecodeError if it is none."""
    return _questions.decode(data)


def encode_answer(value: object) -> bytes:
    """An answer as it travels, whatever texts and numbers are in it: one that could not would be asked for again and again."""
    try:
        encoded = _encoder.encode(value)
    except (UnicodeEncodeError, OverflowError):  # rare, so that nobody looks beforehand
        encoded = _encoder.encode(_writable(msgspec.to_builtins(value)))
    return _encoder.encode(Answer("", msgspec.Raw(encoded)))


def encode_problem(sentence: str) -> bytes:
    """That there is no answer, and why."""
    return _encoder.encode(Answer(_writable(sentence) or "It was not said why."))


def decode_answer(data: bytes, expected: type[T]) -> T:
    """An answer that has come; raises Unanswered with the sentence if it is none."""
    answer = _answers.decode(data)
    if answer.problem:
        raise records.Unanswered(answer.problem)
    return msgspec.msgpack.decode(answer.value, type=expected)


def _writable(value: Any) -> Any:
    """The same, without what msgpack has no form for: half a character, as in a file's name, and numbers of more than 64 bits."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, int) and value.bit_length() > 63:
        return str(value)
    if isinstance(value, dict):
        return {_writable(name): _writable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(each) for each in value]
    return value
