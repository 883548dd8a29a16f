"""Speech that is marked up (SSML), and the plain words in it."""

from __future__ import annotations

import re
from xml.parsers import expat

from ...core.errors import UsageError

_TAG = re.compile(r"<[^>]*>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def is_ssml(speech: str) -> bool:
    """Whether speech is marked up: all of it stands in <speak>."""
    return speech.lstrip().startswith("<speak")


def plain(speech: str) -> str:
    """The words alone, for a screen or a vendor that reads no marks."""
    if not is_ssml(speech):
        return speech
    words = _ENTITY.sub(lambda found: _ENTITIES[found[0]], _TAG.sub(" ", speech))
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(words.split()))


def refuse_malformed(speech: str) -> None:
    """Raise UsageError for marks that no vendor could read."""
    if "<!" in speech:
        raise UsageError("SSML takes no <!DOCTYPE>, <!ENTITY>, comment or CDATA: leave it away.")
    parser = expat.ParserCreate()
    # Vendors know prefixes such as amazon: without a declaration, so they are no namespaces here either.
    try:
        parser.Parse(speech.strip().encode(), True)
    except expat.ExpatError as error:
        raise UsageError(
            f"This speech begins with <speak> and is no well-formed SSML ({error}). Close every tag, and write &amp; for & "
            "and &lt; for <; in a template, {{ name }} does so by itself."
        ) from None
