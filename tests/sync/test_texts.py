"""Texts that several people edit at once: documents that begin as plain text, edits that travel, and what both ends make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.sync.texts import edited, edits, initial, joined, merged, reading

texts = st.text("ab é😀\n", max_size=12)


def test_two_edits_in_different_places_are_both_kept() -> None:
    """In whichever order they come, both ends read the same, and neither edit is lost."""
    state = initial("one two three")
    _, mine = edited(state, "one big two three")
    _, yours = edited(state, "one two thirty-three")
    one = merged(merged(None, "one two three", mine)[0], None, yours)
    other = merged(merged(None, "one two three", yours)[0], None, mine)
    assert one[1] == other[1] == "one big two thirty-three"


@given(texts, texts)
def test_a_text_becomes_another(old: str, new: str) -> None:
    """An edit makes the document read as it was told to, there as well as here."""
    state, update = edited(initial(old), new)
    assert reading(state) == new
    assert merged(None, old, update)[1] == new


@given(texts, texts)
def test_edits_are_what_differs(old: str, new: str) -> None:
    """Done from the end to the beginning, they turn one text into the other."""
    text = old
    for start, end, put in reversed([*edits(old, new)]):
        text = text[:start] + put + text[end:]
    assert text == new


@given(texts, texts, texts, texts)
def test_the_order_does_not_matter(base: str, one: str, other: str, third: str) -> None:
    """Three edits of one text read the same in each order, and twice is once."""
    updates = [edited(initial(base), text)[1] for text in (one, other, third)]
    found = set()
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2, 1, 0]):
        state = initial(base)
        for place in order:
            state, text = merged(state, None, updates[place])
        found.add(text)
    found.add(merged(None, base, joined(updates))[1])
    assert len(found) == 1


@given(texts, st.lists(texts, min_size=1, max_size=5))
def test_a_chain_of_edits_arrives_as_one(base: str, steps: list[str]) -> None:
    """Updates that were joined do what they did one by one."""
    state, updates = initial(base), []
    for step in steps:
        state, update = edited(state, step)
        updates.append(update)
    assert merged(None, base, joined(updates))[1] == steps[-1]


def test_what_is_no_edit_is_refused() -> None:
    """Bytes of any other kind are an error with a sentence, and not a document that nobody can read."""
    for wrong in (b"", b"garbage!", b"\xff" * 40):
        with pytest.raises(ValueError, match="no edit of a text"):
            merged(None, "text", wrong)


def test_an_edit_of_an_unknown_text_is_refused() -> None:
    """It would wait for letters that never come, and be lost without a word."""
    _, update = edited(initial("a long text that was replaced"), "a long text that was replaced!")
    with pytest.raises(ValueError, match="another program has replaced it"):
        merged(None, "short", update)


def test_a_long_text_is_edited_quickly() -> None:
    """Neither the length nor a wholly different text takes more than moments."""
    long = "word " * 40_000
    state, update = edited(initial(long), long[:100_000] + "here " + long[100_000:])
    assert len(update) < 100
    assert reading(edited(state, long[::-1])[0]) == long[::-1]
