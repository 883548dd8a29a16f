"""An offer: what is written is read back, and whatever else somebody sends is refused in one way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.build.offer import MOST_BYTES, Archive, Offer, is_newer
from hipflask.build.release import Release
from hipflask.core.errors import UpdateError

RELEASE = Release(
    "com.example.stock", "Stock", "1.4.0", "linux-x86_64", "stable", "3.14.7", "lib/libpython3.14.so.1.0",
    "a" * 64, "b" * 64, "c" * 64,
)  # fmt: skip
ARCHIVES = {
    name: Archive(digit * 64, 100, 1000)
    for name, digit in zip(("runtime", "packages", "app"), "123", strict=True)
}
OFFER = Offer(RELEASE, ARCHIVES, {("packages", "d" * 16): Archive("4" * 64, 40, 0)})

sha256s = st.text("0123456789abcdef", min_size=64, max_size=64)
archives = st.builds(Archive, sha256s, st.integers(1, 1 << 40), st.integers(0, 1 << 40))


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    release = replace(
        RELEASE,
        runtime=draw(sha256s),
        packages=draw(sha256s),
        app=draw(sha256s),
        frame=draw(st.just("") | sha256s),
    )
    names = st.sampled_from(sorted(release.layers))
    deltas = draw(
        st.dictionaries(st.tuples(names, st.text("0123456789abcdef", min_size=16, max_size=16)), archives)
    )
    deltas = {key: value for key, value in deltas.items() if not release.layers[key[0]].startswith(key[1])}
    return Offer(release, {name: draw(archives) for name in release.layers}, deltas)


@given(offers())
def test_what_is_written_is_read_back(offer: Offer) -> None:
    """Text and bytes alike, with any number of deltas, and with the fourth layer that macOS has."""
    assert Offer.parse(offer.text) == offer
    assert Offer.parse(offer.text.encode()) == offer
    assert Offer.parse(offer.text).text == offer.text


def test_an_offer_reads_like_this() -> None:
    """Installed programs of every later year must be able to read it."""
    assert OFFER.text == RELEASE.text + (
        f"archive.runtime={'1' * 64} 100 1000\n"
        f"archive.packages={'2' * 64} 100 1000\n"
        f"archive.app={'3' * 64} 100 1000\n"
        f"delta.packages.{'d' * 16}={'4' * 64} 40 0\n"
    )


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_noise_is_refused_and_breaks_nothing(noise: bytes | str) -> None:
    """UpdateError is the only way in which an offer is refused."""
    with pytest.raises(UpdateError):
        Offer.parse(noise)


@given(st.data())
def test_an_offer_with_something_else_in_it_is_read_or_refused(data: st.DataObject) -> None:
    """Some characters of a good one are replaced: nothing but UpdateError comes of it, and what is read can be written."""
    text = OFFER.text
    at = data.draw(st.integers(0, len(text)))
    changed = text[:at] + data.draw(st.text(max_size=6)) + text[at + data.draw(st.integers(0, 80)) :]
    try:
        offer = Offer.parse(changed)
    except UpdateError:
        return
    assert Offer.parse(offer.text) == offer


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" 100 1000\narchive.packages", " 0 1000\narchive.packages", "two numbers of bytes, got '1111"),
        (" 100 1000\narchive.packages", " 100 -1\narchive.packages", "two numbers of bytes"),
        (" 100 1000\narchive.packages", " 100 9999999999999\narchive.packages", "two numbers of bytes"),
        (" 100 1000\narchive.packages", " 100\narchive.packages", "two numbers of bytes"),
        ("1" * 64, "1" * 63, "must be a sha256"),
        ("1" * 64, "G" * 64, "must be a sha256"),
        ("1" * 64, "١" * 64, "must be a sha256"),
        ("archive.app", "archive.tests", "an archive for each of runtime, packages, app"),
        ("archive.app", "nothing.app", "an archive for each of"),
        ("archive.app", "archive.app.more", "says of no layer what it is: 'archive.app.more'"),
        ("delta.packages", "delta.tests", "leads nowhere"),
        ("d" * 16, "b" * 16, "leads nowhere"),
        ("d" * 16, "../../etc/passwd", "says of no layer what it is"),
        ("lib/libpython3", "../libpython3", "outside its layer"),
        ("hipflask=1", "hipflask=2", "no release of format 1"),
        ("version=1.4.0\n", "", "lacks something"),
        ("version=1.4.0", "version= 1.4.0", "one line without spaces"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_what_was_seen(old: str, new: str, message: str) -> None:
    """Each with a sentence that says what is wrong."""
    assert old in OFFER.text
    with pytest.raises(UpdateError, match=message):
        Offer.parse(OFFER.text.replace(old, new, 1))


def test_an_endless_offer_is_refused_before_it_is_read() -> None:
    """However good its beginning is."""
    with pytest.raises(UpdateError, match=f"at most {MOST_BYTES} bytes"):
        Offer.parse(OFFER.text + "x=y\n" * 20_000)


def test_lines_that_are_not_known_yet_are_passed_over() -> None:
    """A later Hipflask may say more; what is installed understands what it knows."""
    assert Offer.parse(OFFER.text + "colour=blue\n") == OFFER


VERSIONS = [
    "0",
    "0.0.1",
    "0.9",
    "1.0.dev1",
    "1.0a1",
    "1.0a2",
    "1.0-beta.1",
    "1.0b2",
    "1.0rc1",
    "1.0",
    "1.0.post1",
    "1.0.1",
    "1.2",
    "1.9.9",
    "1.10",
    "2",
    "2.0.0.1",
    "10.0",
]


def test_versions_are_counted_as_people_count() -> None:
    """Every one of these is newer than all before it."""
    for at, version in enumerate(VERSIONS):
        assert [is_newer(version, other) for other in VERSIONS] == [
            at > place for place in range(len(VERSIONS))
        ]


@pytest.mark.parametrize(
    "same", [("1.0", "1"), ("1.0+local", "1.0.0"), ("v2", "2"), ("1rc1", "1.0rc1"), ("1.0c1", "1.0rc1")]
)
def test_different_spellings_of_a_version_are_the_same(same: tuple[str, str]) -> None:
    """Neither is newer."""
    assert not is_newer(*same)
    assert not is_newer(*same[::-1])


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_words_can_be_compared_in_one_order(a: str, b: str, c: str) -> None:
    """Nothing breaks it, and nobody is newer than himself or goes round in a circle."""
    assert not is_newer(a, a)
    assert not (is_newer(a, b) and is_newer(b, a))
    if is_newer(a, b) and is_newer(b, c):
        assert is_newer(a, c)
