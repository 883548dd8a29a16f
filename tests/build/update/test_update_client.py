"""Updates as they should be: found, brought, switched to, kept, taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from shop import FAILS, FOR_LAUNCHER, TARGET, Program, Shop, layers, serving

from hipflask.build.current import HEALTHY, NEW, TRIED, Current
from hipflask.build.layer import SHORT
from hipflask.build.update import cleaning
from hipflask.build.update.installation import Installation
from hipflask.build.update.news import number_of
from hipflask.build.update.report import status
from hipflask.build.update.restart import restart
from hipflask.build.update.switching import roll_back
from hipflask.core.errors import UpdateError

FOLDER = "Lager für Äpfel 苹果"  # a space, and letters that are not ASCII


@pytest.fixture
def program(tmp_path: Path, shop: Shop) -> Program:
    """Version 1.0, installed in a folder with a space and other letters; 1.0 is published too."""
    installed = Program.install(tmp_path / FOLDER, shop, "1.0", layers("1.0"))
    shop.sell("1.0", layers("1.0"))
    return installed


needs_launcher = pytest.mark.skipif(not FOR_LAUNCHER.is_file(), reason=f"there is no launcher for {TARGET}")


def test_nothing_new_is_no_news(program: Program) -> None:
    """The newest version looks, and stays."""
    before = program.outside()
    assert program.updater().check() is None
    assert program.outside() == before
    assert "Version 1.0 is the newest." in status(program.installation)


def test_a_newer_version_is_brought_and_runs_from_the_next_start(program: Program, shop: Shop) -> None:
    """Only the layer that has changed is downloaded, and until the switch nothing is different."""
    shop.sell("1.1", layers("1.1"))
    with serving(shop.folder) as server:
        updater = program.updater(url=server.url)
        news = updater.check()
        assert news is not None and news.version == "1.1"
        seen: list[tuple[int, int]] = []
        updater.download(news, lambda done, total: seen.append((done, total)))
        assert seen[-1] == (news.size, news.size)
        assert [path for path in server.asked if path.startswith("/layers/")] == [
            f"/{news.offer.archives['app'].home}"
        ]
        assert program.version == "1.0"
        updater.switch(news)
    assert program.version == "1.1"
    assert program.current == Current(news.offer.release.key, program.installation.key, NEW)
    assert program.installation.waiting is not None and program.installation.waiting.version == "1.1"
    assert "The next start runs version 1.1" in status(program.installation)
    assert updater_says_nothing_more(program)


def updater_says_nothing_more(program: Program) -> bool:
    """An update that is installed already is no news to the version that still runs."""
    return program.updater().check() is None


def test_a_look_that_finds_nothing_costs_little(program: Program, shop: Shop) -> None:
    """The second look reads the timestamp alone."""
    with serving(shop.folder) as server:
        program.updater(url=server.url).check()
        server.asked.clear()
        server.sent = 0
        program.updater(url=server.url).check()
        assert server.asked == ["/metadata/2.root.json", "/metadata/timestamp.json"]
        assert server.sent < 1000


def test_a_delta_is_taken_where_it_is_smaller(program: Program, shop: Shop) -> None:
    """A runtime with one small change is not downloaded whole, and is the same as if it were."""
    new = layers("1.1")
    new["runtime"]["lib/more"] = os.urandom(5000)
    old = program.installation.release
    before = shop.offer("1.0", layers("1.0") | {"runtime": layers("1.0")["runtime"]})
    big = {**layers("1.0")["runtime"], "lib/big": os.urandom(50_000)}
    assert before.release == old
    shop.sell("1.1", new | {"runtime": big})
    assert program.update()
    program = program.restarted()
    offer = shop.sell(
        "1.2", new | {"runtime": {**big, "lib/small": b"1"}}, former=program.installation.release
    )
    delta = offer.deltas["runtime", program.installation.release.runtime[:SHORT]]
    assert delta.size * 10 < offer.archives["runtime"].size
    with serving(shop.folder) as server:
        assert program.update(url=server.url)
        assert f"/{delta.home}" in server.asked
        assert f"/{offer.archives['runtime'].home}" not in server.asked
    assert program.version == "1.2"


def test_a_delta_on_a_damaged_layer_gives_way_to_the_whole(program: Program, shop: Shop) -> None:
    """One flipped bit in the layer that a delta builds on, and the archive is downloaded instead."""
    new = layers("1.1")
    new["runtime"]["lib/small"] = b"1"
    big = layers("1.0")["runtime"] | {"lib/big": os.urandom(50_000)}
    shop.sell("1.1", layers("1.1") | {"runtime": big})
    assert program.update()
    program = program.restarted()
    release = program.installation.release
    damaged = release.home("runtime", program.folder) / "lib" / "big"
    content = bytearray(damaged.read_bytes())
    content[1000] ^= 1
    damaged.write_bytes(content)
    offer = shop.sell("1.2", layers("1.2") | {"runtime": {**big, "lib/small": b"1"}}, former=release)
    with serving(shop.folder) as server:
        assert program.update(url=server.url)
        assert f"/{offer.archives['runtime'].home}" in server.asked
    assert program.version == "1.2"


def test_an_update_that_was_broken_off_goes_on_with_what_it_has(program: Program, shop: Shop) -> None:
    """A layer that has come whole is neither lost nor brought again, also if the program is started meanwhile."""
    new = layers("1.1")
    new["packages"]["more.py"] = b"more = 1"
    offer = shop.sell("1.1", new)
    missing = shop.file_of(offer.archives["app"])
    kept = missing.read_bytes()
    missing.unlink()
    with pytest.raises(UpdateError, match="did not come"):
        program.update()
    assert not list((program.folder / "layers").glob(".*"))
    cleaning.clean(program.folder, program.installation.updates, program.installation.key)
    missing.write_bytes(kept)
    shop.file_of(offer.archives["packages"]).unlink()
    assert program.update()
    assert program.version == "1.1"


def test_a_virus_scanner_that_holds_what_is_new_is_waited_for(
    program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames nothing that somebody looks at: after a moment it is tried again."""
    shop.sell("1.1", layers("1.1"))
    held: dict[str, int] = {}
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        held[Path(target).name] = held.get(Path(target).name, 0) + 1
        if held[Path(target).name] < 3:
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr("hipflask.build.current._PAUSES", (0.01, 0.01))
    assert program.update()
    assert held["current"] == 3 and program.version == "1.1"


def test_a_layer_that_is_missing_keeps_the_switch_from_happening(program: Program, shop: Shop) -> None:
    """To switch before the download is an error, and changes nothing."""
    shop.sell("1.1", layers("1.1"))
    updater = program.updater()
    news = updater.check()
    assert news is not None
    with pytest.raises(UpdateError, match=r"lacks its app\. Download it first"):
        updater.switch(news)
    assert program.version == "1.0" and program.current.state == HEALTHY


# ── health, and the way back ──


def test_health_is_noted_once_and_keeps_the_way_back(program: Program, shop: Shop) -> None:
    """After the first painted window the state is healthy, and the version before is still there."""
    shop.sell("1.1", layers("1.1"))
    program.update()
    now = program.restarted().installation
    Current(now.key, program.installation.key, TRIED, refused="f" * 16).write(program.folder)
    for _ in range(2):
        now.healthy()
        assert program.current == Current(now.key, program.installation.key, HEALTHY, refused="f" * 16)


def test_an_old_window_does_not_vouch_for_the_new_version(program: Program, shop: Shop) -> None:
    """Only the release that runs is called healthy."""
    shop.sell("1.1", layers("1.1"))
    program.update()
    program.installation.healthy()
    assert program.current.state == NEW


def test_a_start_that_was_none_is_not_held_against_a_version(program: Program, shop: Shop) -> None:
    """Who only tells a window that is open already what was clicked, has not tried the new version."""
    shop.sell("1.1", layers("1.1"))
    program.update()
    now = program.restarted().installation
    Current(now.key, program.installation.key, TRIED).write(program.folder)
    now.untried()
    assert program.current == Current(now.key, program.installation.key, NEW)


def test_one_goes_back_by_hand_and_is_not_brought_forward_again(program: Program, shop: Shop) -> None:
    """The version that somebody has left is not installed again; a newer one is."""
    shop.sell("1.1", layers("1.1"))
    program.update()
    assert roll_back(program.installation).version == "1.0"
    assert program.version == "1.0"
    assert not program.update()
    assert "did not start" in status(program.installation)
    left = program.current.refused
    shop.sell("1.2", layers("1.2"))
    assert program.update()
    assert program.version == "1.2" and program.current.refused == left


def test_there_may_be_nothing_to_go_back_to(program: Program) -> None:
    """The first version that was installed has none before it."""
    with pytest.raises(UpdateError, match="no earlier version"):
        roll_back(program.installation)


@needs_launcher
def test_a_version_that_does_not_start_is_taken_back_by_itself(program: Program, shop: Shop) -> None:
    """With the real launcher: the second start runs the old version, the bad one is not taken again, a newer one is."""
    assert program.start() == "1.0"
    shop.sell("1.1", layers("1.1", python=FAILS))
    program.update()
    assert program.start() == ""
    assert program.current.state == TRIED
    assert program.start() == "1.0"
    assert program.current.state == HEALTHY
    assert not program.update()
    shop.sell("1.2", layers("1.2"))
    assert program.update()
    assert program.start() == "1.2"
    program.restarted().installation.healthy()
    assert program.start() == "1.2"


@needs_launcher
def test_a_program_starts_itself_anew_as_the_new_version(program: Program, shop: Shop) -> None:
    """`restart` ends in the real launcher, which runs what has been switched to; the environment of the old one is gone."""
    shop.sell("1.1", layers("1.1"))
    program.update()
    code = (
        "import sys; from pathlib import Path; from hipflask.build.update.installation import Installation;"
        "from hipflask.build.update.restart import restart;"
        "restart(Installation.find())"
    )
    bundle = program.folder / "releases" / program.installation.key
    environment = {**os.environ, "HIPFLASK_BUNDLE": str(bundle)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "1.1", done.stderr


def test_where_no_process_becomes_another_one_waits_for_its_end(tmp_path: Path) -> None:
    """The way of Windows and macOS: the command is started when this process has ended, and not before."""
    code = (
        "import os, sys; from hipflask.build.update.restart import start_after_this;"
        "start_after_this(['sh', '-c', 'echo started >> \"$1\"', 'sh', sys.argv[1]], [sys.executable], dict(os.environ));"
        "open(sys.argv[1], 'a').write('ends\\n')"
    )
    seen = tmp_path / "seen"
    subprocess.run([sys.executable, "-c", code, str(seen)], check=True, timeout=60)
    for _ in range(100):
        if seen.read_text().count("\n") == 2:
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert seen.read_text() == "ends\nstarted\n"


# ── what is no longer needed ──


def test_what_no_release_needs_is_removed_and_the_version_before_stays(program: Program, shop: Shop) -> None:
    """After 1.2 is well, 1.0 goes, 1.1 stays to go back to."""
    first = program.installation.release
    for version in ("1.1", "1.2"):
        shop.sell(version, layers(version))
        program.update()
        program = program.restarted()
        Current(program.installation.key, program.current.previous, HEALTHY).write(program.folder)
    (program.folder / "layers" / ".app-broken").mkdir()
    (program.folder / ".current-broken").touch()
    cleaning.clean(program.folder, program.installation.updates, program.installation.key)
    assert not first.home("app", program.folder).exists()
    assert not (program.folder / "releases" / first.key).exists()
    assert len(list((program.folder / "layers").iterdir())) == 4  # two apps, one of each other
    assert len(list((program.folder / "releases").iterdir())) == 2
    assert not (program.folder / ".current-broken").exists()
    assert roll_back(program.installation).version == "1.1"
    assert program.version == "1.1"


def test_what_an_old_window_runs_stays_until_it_is_closed(program: Program, shop: Shop) -> None:
    """Another process that still runs 1.0 keeps its layers; when it has ended, they go."""
    first = program.installation
    code = (
        "import sys; from pathlib import Path; from hipflask.build.update import cleaning;"
        "cleaning.mark(Path(sys.argv[1]), sys.argv[2]); print('runs', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(first.updates), first.key]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None and window.stdin is not None
        assert window.stdout.readline() == "runs\n"
        for version in ("1.1", "1.2"):
            shop.sell(version, layers(version))
            program.update()
            program = program.restarted()
            Current(program.installation.key, program.current.previous, HEALTHY).write(program.folder)
        release = first.release
        cleaning.clean(program.folder, program.installation.updates, program.installation.key)
        assert release.home("app", program.folder).is_dir()
        window.stdin.close()
        window.wait(timeout=30)
    cleaning.clean(program.folder, program.installation.updates, program.installation.key)
    assert not release.home("app", program.folder).exists()
    assert list((program.installation.updates / "running").iterdir()) == []


def test_where_nothing_can_be_written_a_start_is_silent(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As in an AppImage: there is nothing to note, so nobody is warned."""
    real = os.open

    def refuse(path: object, flags: int, *rest: object, **more: object) -> int:
        if str(path).startswith(str(program.folder)) and flags & os.O_ACCMODE:
            raise OSError(30, "Read-only file system", path)
        return real(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)
    program.installation.healthy()
    for thread in threading.enumerate():
        if thread.name == "hipflask-cleaning":
            thread.join()
    assert [each for each in caplog.records if each.levelname == "WARNING"] == []


# ── who takes part ──


def test_a_release_for_some_is_news_for_these_and_later_for_all(program: Program, shop: Shop) -> None:
    """Who is drawn is drawn again each time, and who is not waits for the percentage to grow."""
    number = number_of(program.installation.id, "1.1")
    shop.sell("1.1", layers("1.1"), percent=number)
    assert program.updater().check() is None
    assert f"out for {number} %" in status(program.installation)
    shop.sell("1.1", layers("1.1"), percent=number + 1)
    assert program.updater().check() is not None


def test_the_draw_is_fair_and_stays() -> None:
    """A tenth of all installations is a tenth, and another one for another version."""
    ids = [f"{number:032x}" for number in range(3000)]
    for version in ("1.0", "1.1"):
        assert 230 < sum(number_of(each, version) < 10 for each in ids) < 370
    assert [number_of(each, "1.0") for each in ids] != [number_of(each, "1.1") for each in ids]


def test_the_id_of_an_installation_stays_and_heals(program: Program) -> None:
    """It is drawn once; one that is damaged is drawn anew."""
    drawn = program.installation.id
    assert program.installation.id == drawn and len(drawn) == 32
    for damaged in (b"\xff", b"", drawn[:8].encode()):
        (program.installation.updates / "id").write_bytes(damaged)
        assert len(program.installation.id) == 32 and program.installation.id != drawn


# ── where there are no updates ──


def test_the_installation_is_found_by_what_the_launcher_says(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the launcher's word, or with one that leads nowhere, there is no installation."""
    monkeypatch.delenv("HIPFLASK_BUNDLE", raising=False)
    assert Installation.find() is None
    monkeypatch.setenv("HIPFLASK_BUNDLE", str(program.folder / "releases" / program.installation.key))
    assert Installation.find() == program.installation
    monkeypatch.setenv("HIPFLASK_BUNDLE", str(program.folder / "elsewhere" / "x"))
    assert Installation.find() is None


def test_what_an_administrator_has_installed_is_left_alone(program: Program, shop: Shop) -> None:
    """The file `managed` says by whom, and then nothing is looked for, written or marked."""
    (program.folder / "managed").write_text("dpkg\n")
    before = program.outside()
    with pytest.raises(UpdateError, match="installed by dpkg"):
        program.updater().check()
    program.installation.healthy()
    assert program.outside() == before and not program.installation.updates.exists()
    assert "installed by dpkg" in status(program.installation)


def test_a_folder_that_cannot_be_changed_is_named(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program on a read-only disk says so and runs on."""
    shutil.rmtree(program.installation.updates, ignore_errors=True)
    program.installation.updates.write_text("in the way")
    said = program.installation.refusal
    assert said is not None and str(program.folder) in said
    with pytest.raises(UpdateError):
        program.updater().check()


def test_an_app_that_macos_runs_from_elsewhere_says_what_to_do(program: Program, tmp_path: Path) -> None:
    """The hidden read-only place of a downloaded app is explained."""
    elsewhere = tmp_path / "AppTranslocation" / "X" / "Stock.app"
    said = replace(program.installation, root=elsewhere).refusal
    assert said is not None and "Applications" in said


def test_two_at_once_do_not_meet(program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is at it, the other says so; and it may try again later."""
    shop.sell("1.1", layers("1.1"))
    monkeypatch.setattr("hipflask.build.update.installation._SECONDS", 0.2)
    with program.installation.updating(), pytest.raises(UpdateError, match="at an update already"):
        program.updater().check()
    assert program.update()


def test_a_full_disk_is_noticed_before(program: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is needed and what is free are said, and nothing is downloaded."""
    shop.sell("1.1", layers("1.1"))
    updater = program.updater()
    news = updater.check()
    assert news is not None
    usage = shutil.disk_usage(program.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(UpdateError, match=r"needs 16\.\d MB for a while, and 1\.0 MB are free"):
        updater.download(news)
    assert program.version == "1.0"


def test_another_process_finds_nothing_imported_at_its_start() -> None:
    """To look for the installation needs neither The Update Framework nor its libraries."""
    code = "import sys, hipflask.build.update.installation; print(sorted({'tuf', 'urllib3', 'ssl', 'urllib.request'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


def test_a_restart_without_a_launcher_is_an_error(program: Program) -> None:
    """Nothing ends if there is nothing to start."""
    (program.folder / "stock").unlink(missing_ok=True)
    with pytest.raises(UpdateError, match="What starts this program is not in"):
        restart(program.installation)
