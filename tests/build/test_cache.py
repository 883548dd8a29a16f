"""The cache of downloads: whole files or none, from whichever place has them."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror import Mirror, breaking_off, endless, from_the_start, served, silent, slowly

from hipflask.build.runtime.cache import Cache, keep
from hipflask.core.errors import BuildError

NAME = "cpython-3.14.7%2B20260814-python.tar.gz"
CONTENT = random.Random(7).randbytes(1_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FETCH = "import sys; from pathlib import Path; from hipflask.build.runtime.cache import Cache; Cache(Path(sys.argv[1])).fetch(*sys.argv[2:])"


@pytest.fixture(autouse=True)
def _nothing_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HIPFLASK_CACHE", "HIPFLASK_MIRROR", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def original() -> Iterator[Mirror]:
    with served() as mirror:
        mirror.files[NAME] = CONTENT
        yield mirror


@pytest.fixture
def nearby() -> Iterator[Mirror]:
    with served() as mirror:
        yield mirror


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", (), timeout=10)


def url(mirror: Mirror) -> str:
    return f"{mirror.url}/{NAME}"


def test_a_file_is_downloaded_once_and_kept_by_its_sha256(cache: Cache, original: Mirror) -> None:
    seen: list[tuple[int, int | None]] = []
    path = cache.fetch(url(original), SHA256, progress=lambda *now: seen.append(now))
    assert path == cache.folder / "sha256" / SHA256[:2] / SHA256
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert cache.fetch(url(original), SHA256, offline=True) == path
    assert len(original.asked) == 1


def test_a_file_that_the_disk_has_damaged_is_downloaded_again(cache: Cache, original: Mirror) -> None:
    """One bit is another one, and the size is the same."""
    path = cache.fetch(url(original), SHA256)
    path.write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert len(original.asked) == 2


def test_what_is_not_what_was_wanted_is_refused_and_not_kept(cache: Cache, original: Mirror) -> None:
    original.files[NAME] = b"another Python"
    with pytest.raises(BuildError) as refused:
        cache.fetch(url(original), SHA256)
    assert SHA256 in str(refused.value)
    assert hashlib.sha256(b"another Python").hexdigest() in str(refused.value)
    assert url(original) in str(refused.value)
    assert files_in(cache) == []


def test_a_truncated_file_is_refused(cache: Cache, original: Mirror) -> None:
    original.files[NAME] = CONTENT[:-1]
    with pytest.raises(BuildError, match="expected"):
        cache.fetch(url(original), SHA256)
    assert files_in(cache) == []


def test_a_connection_that_breaks_off_is_taken_up_where_it_ended(cache: Cache, original: Mirror) -> None:
    original.answers[NAME] = breaking_off(400_000)
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert original.asked == [(NAME, 0), (NAME, 400_000), (NAME, 800_000)]


def test_a_server_that_knows_no_parts_sends_all_of_it_again(cache: Cache, original: Mirror) -> None:
    """What it sends is not put behind what is there already."""
    part = cache.place(SHA256).with_name(f"{SHA256}.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:400_000])
    original.answers[NAME] = from_the_start
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert original.asked == [(NAME, 400_000)]


def test_a_download_that_brings_nothing_any_more_ends(cache: Cache, original: Mirror) -> None:
    original.answers[NAME] = breaking_off(0)
    with pytest.raises(BuildError, match="0 of 1000000"):
        cache.fetch(url(original), SHA256)
    assert len(original.asked) < 5


def test_a_server_that_falls_silent_is_given_up(tmp_path: Path, original: Mirror) -> None:
    original.answers[NAME] = silent
    begun = time.monotonic()
    with pytest.raises(BuildError, match="timed out"):
        Cache(tmp_path, (), timeout=0.2).fetch(url(original), SHA256)
    assert time.monotonic() - begun < 10


def test_data_without_end_is_cut_off(cache: Cache, original: Mirror) -> None:
    original.answers[NAME] = endless
    with pytest.raises(BuildError, match="longer than 2000000 bytes"):
        cache.fetch(url(original), SHA256, most=2_000_000)
    assert files_in(cache) == []


def test_half_a_file_that_was_another_one_is_thrown_away(cache: Cache, original: Mirror) -> None:
    """What an interrupted download has left may be wrong from the start: then it is all fetched anew."""
    for left in (b"another Python", CONTENT + b"and more"):
        part = cache.place(SHA256).with_name(f"{SHA256}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(left)
        assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
        cache.place(SHA256).unlink()


def test_a_download_whose_process_is_killed_goes_on_in_the_next(cache: Cache, original: Mirror) -> None:
    original.answers[NAME] = slowly(20, 0.05)
    process = fetching(cache, url(original))
    part = cache.place(SHA256).with_name(f"{SHA256}.part")
    wait_until(lambda: part.exists() and part.stat().st_size > 100_000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    had = part.stat().st_size
    original.answers.clear()
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert original.asked == [(NAME, 0), (NAME, had)]
    assert 0 < had < len(CONTENT)


def test_processes_that_want_the_same_file_download_it_once(cache: Cache, original: Mirror) -> None:
    original.answers[NAME] = slowly(20, 0.05)
    processes = [fetching(cache, url(original)) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert cache.place(SHA256).read_bytes() == CONTENT
    assert original.asked == [(NAME, 0)]


def test_mirrors_are_asked_in_order_and_before_the_original(
    tmp_path: Path, original: Mirror, nearby: Mirror
) -> None:
    """An empty folder, a server with a wrong file, a server with the right one: that one is taken, the original not asked."""
    (tmp_path / "empty").mkdir()
    with served() as wrong:
        wrong.files[NAME] = b"wrong"
        nearby.files[NAME] = CONTENT
        cache = Cache(tmp_path / "cache", (str(tmp_path / "empty"), wrong.url, f"{nearby.url}/"))
        assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
        assert (len(wrong.asked), len(nearby.asked), len(original.asked)) == (1, 1, 0)


def test_the_original_is_asked_when_no_mirror_has_it(
    tmp_path: Path, original: Mirror, nearby: Mirror
) -> None:
    cache = Cache(tmp_path / "cache", (nearby.url,))
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert (len(nearby.asked), len(original.asked)) == (1, 1)


def test_what_one_place_sent_half_of_another_completes(
    tmp_path: Path, original: Mirror, nearby: Mirror
) -> None:
    nearby.files[NAME] = CONTENT
    nearby.answers[NAME] = lambda handler, content: breaking_off(0 if handler.start else 300_000)(
        handler, content
    )
    cache = Cache(tmp_path / "cache", (nearby.url,))
    assert cache.fetch(url(original), SHA256).read_bytes() == CONTENT
    assert original.asked == [(NAME, 300_000)]


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_a_folder_serves_as_a_mirror_offline_too(tmp_path: Path, form: str) -> None:
    """Its files have the names that the server sends them under, where the address says %2B for a plus."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / NAME.replace("%2B", "+")).write_bytes(CONTENT)
    cache = Cache(tmp_path / "cache", (form.format(tmp_path / "disk"),))
    assert cache.fetch(f"https://example.invalid/{NAME}", SHA256, offline=True).read_bytes() == CONTENT


def test_the_environment_names_the_folder_and_the_mirrors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HIPFLASK_CACHE", str(tmp_path))
    monkeypatch.setenv("HIPFLASK_MIRROR", " https://one.example/python, /srv/two  file:///srv/three ")
    assert Cache() == Cache(tmp_path, ("https://one.example/python", "/srv/two", "file:///srv/three"))
    monkeypatch.delenv("HIPFLASK_MIRROR")
    assert Cache().mirrors == ()


def test_offline_nothing_is_asked_and_it_is_said_what_to_do(
    cache: Cache, original: Mirror, nearby: Mirror
) -> None:
    cache = Cache(cache.folder, (nearby.url,))
    with pytest.raises(BuildError) as refused:
        cache.fetch(url(original), SHA256, offline=True)
    assert original.asked == nearby.asked == []
    for word in (url(original), "offline", str(cache.place(SHA256)), "HIPFLASK_MIRROR", "--runtime"):
        assert word in str(refused.value)


def test_without_a_network_it_is_said_what_to_do(cache: Cache) -> None:
    with pytest.raises(BuildError) as refused:
        cache.fetch(f"http://127.0.0.1:1/{NAME}", SHA256)
    for word in ("refused", "--offline", "HIPFLASK_CACHE", "HIPFLASK_MIRROR", "--runtime"):
        assert word in str(refused.value)


def test_a_file_that_is_not_there_is_told_with_every_place_that_was_asked(
    tmp_path: Path, original: Mirror, nearby: Mirror
) -> None:
    original.files.clear()
    with pytest.raises(BuildError) as refused:
        Cache(tmp_path, (nearby.url,)).fetch(url(original), SHA256)
    assert str(refused.value).count("404") == 2
    assert url(nearby) in str(refused.value)


def test_a_full_disk_is_told_and_left_with_the_room_that_it_had(tmp_path: Path, original: Mirror) -> None:
    """A file system of half a megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with pytest.raises(BuildError, match="no room left") as refused:
            Cache(place / "cache", ()).fetch(url(original), SHA256)
        assert str(place) in str(refused.value)
        assert files_in(Cache(place / "cache", ())) == []
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_takes_no_more_is_told(tmp_path: Path, original: Mirror) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); " + FETCH
    arguments = [sys.executable, "-c", limited, str(tmp_path), url(original), SHA256]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert "BuildError: There is no room left in" in ended.stderr
    assert files_in(Cache(tmp_path, ())) == []


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, original: Mirror) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match="HIPFLASK_CACHE"):
        Cache(tmp_path / "file", ()).fetch(url(original), SHA256)


def files_in(cache: Cache) -> list[str]:
    """What takes room in it: its locks are empty."""
    return [each.name for each in cache.folder.rglob("*") if each.is_file() and each.suffix != ".lock"]


def fetching(cache: Cache, address: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", FETCH, str(cache.folder), address, SHA256])


def wait_until(done: object) -> None:
    end = time.monotonic() + 30
    while not done():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_two_make_at_once_is_kept_once(tmp_path: Path) -> None:
    """The second finds that the first was quicker, and is content with that."""
    place = tmp_path / "made" / "thing"

    def make(folder: Path, by: str) -> None:
        folder.mkdir()
        (folder / "by").write_text(by)

    def slowly(folder: Path) -> None:
        make(folder, "the second")
        keep(place, lambda other: make(other, "the first"))

    keep(place, slowly)
    assert (place / "by").read_text() == "the first"
    assert [each.name for each in place.parent.iterdir()] == ["thing"]


def test_what_could_not_be_made_is_not_kept(tmp_path: Path) -> None:
    """Not half of it, and nothing beside."""

    def fail(folder: Path) -> None:
        folder.mkdir()
        raise BuildError("no more")

    with pytest.raises(BuildError):
        keep(tmp_path / "made" / "thing", fail)
    assert list((tmp_path / "made").iterdir()) == []
