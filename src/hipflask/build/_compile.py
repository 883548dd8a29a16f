"""Compile Python files: run by the Python that a bundle gets, as a program of its own; it knows nothing of Hipflask.

Reads {"cache": folder or null, "files": [[path, name in tracebacks], …]} as JSON from its input, writes a .pyc beside each,
and what could not be compiled, [[path, line, message], …], to its output.
"""

import gc
import hashlib
import importlib.util
import json
import marshal
import os
import sys
import types
from typing import Any

UNCHECKED_HASH = 1  # PEP 552: known by the source's hash, and believed without looking at the source


def main() -> None:
    """Do the job that stands in the input."""
    gc.disable()  # nothing here refers to itself, and looking for that takes a third of the time
    job = json.load(sys.stdin)
    failures = []
    for path, name in job["files"]:
        with open(path, "rb") as file:
            source = file.read()
        try:
            _write(
                importlib.util.cache_from_source(path, optimization=""), _compiled(source, name, job["cache"])
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            failures.append(
                [path, getattr(error, "lineno", None) or 1, getattr(error, "msg", None) or str(error)]
            )
    json.dump(failures, sys.stdout)


def _compiled(source: bytes, name: str, cache: str | None) -> bytes:
    """What a .pyc holds; from the cache, where the same Python has compiled the same source of that name before."""
    if cache is None:
        return _compile(source, name)
    digest = hashlib.sha256(f"{sys.hexversion} {name}\n".encode() + source).hexdigest()
    place = os.path.join(cache, digest[:2], digest)
    try:
        with open(place, "rb") as file:
            return file.read()
    except FileNotFoundError:
        content = _compile(source, name)
        _write(place, content)
        return content


def _compile(source: bytes, name: str) -> bytes:
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little")
    return head + importlib.util.source_hash(source) + _marshalled(code)


def _marshalled(code: types.CodeType) -> bytes:
    """The bytes of a code object, the same whatever this process has compiled before.

    marshal writes a value that something else refers to, or a text that is interned, in another way; and both depend on what
    else there is in the process. So the values are copied, each text once, and what is read back is referred to by nothing else.
    """
    return marshal.dumps(marshal.loads(marshal.dumps(_copied(code, {}))))


def _copied(value: Any, texts: dict[str, str]) -> Any:
    if isinstance(value, types.CodeType):
        return value.replace(co_consts=tuple([_copied(each, texts) for each in value.co_consts]))
    if type(value) is tuple:
        return tuple([_copied(each, texts) for each in value])
    if type(value) is frozenset:
        return frozenset([_copied(each, texts) for each in value])
    # Python itself interns what looks like a name, and has all texts of one letter already.
    if type(value) is str and len(value) > 1:
        return texts.setdefault(value, value[:1] + value[1:])
    return value


def _write(place: str, content: bytes) -> None:
    # By way of another name: another build may read the cache meanwhile.
    os.makedirs(os.path.dirname(place), exist_ok=True)
    new = f"{place}.{os.getpid()}"
    with open(new, "wb") as file:
        file.write(content)
    os.replace(new, place)


if __name__ == "__main__":
    main()
