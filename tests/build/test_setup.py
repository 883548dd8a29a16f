"""setup.exe, made here and run in Wine: what is looked at is files and the registry, since an exit code may be 0 for nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from wine import (
    NAME,
    Make,
    Wine,
    contents,
    is_signed,
    maker,
    signer,
    starts,
    wait_until_gone,
)

from hipflask.build.current import Current
from hipflask.build.platforms import nsis
from hipflask.build.targets import Target

UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\com.example.stock"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
CLASSES = r"Software\Classes"


pytestmark = pytest.mark.usefixtures("makensis")


def said(registry: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Without the keys that say nothing: Windows' own ones, which are there since somebody has looked into them."""
    return {key: values for key, values in registry.items() if values}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    return maker(tmp_path, nsis.make, "setup.exe")


@pytest.fixture
def clean(windows: Wine) -> Iterator[Wine]:
    """A Windows in which nothing is installed, and in which nothing is afterwards."""
    yield windows
    for home in (*windows.programs.glob("*"), *windows.drive.glob("Tools/*")):
        if (home / "Uninstall.exe").exists():
            remove(windows, home)
    shutil.rmtree(windows.programs, ignore_errors=True)


def remove(windows: Wine, home: Path) -> None:
    """Uninstall, and wait for it: `_?=` would have it stay where it is, but leave itself behind."""
    assert windows.run(home / "Uninstall.exe", "/S") == 0
    wait_until_gone(home / "Uninstall.exe")
    time.sleep(0.3)  # the folder goes after the uninstaller


def installed(home: Path) -> dict[str, bytes]:
    """What is there of the bundle."""
    found = contents(home)
    del found["Uninstall.exe"]
    return found


def test_setup_without_questions(clean: Wine, make: Make) -> None:
    """`/S` installs every file for this user, with a shortcut, a way to remove it, and what it opens."""
    bundle, setup = make()
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    assert installed(home) == contents(bundle.root)
    link = (clean.menu / f"{NAME}.lnk").read_bytes()
    assert f"Programs\\{NAME}\\{NAME}.exe".encode("utf-16-le") in link
    place = rf"C:\users\{clean.home.name}\AppData\Local\Programs\{NAME}"
    registry = clean.registry()
    entry = registry[UNINSTALL]
    assert 0 < int(entry.pop("EstimatedSize")) < 10
    assert entry == {
        "DisplayName": NAME,
        "DisplayVersion": "1.4.0",
        "DisplayIcon": rf"{place}\{NAME}.exe,0",
        "Publisher": 'Müller "& Söhne" $1',
        "InstallLocation": place,
        "UninstallString": rf'"{place}\Uninstall.exe"',
        "QuietUninstallString": rf'"{place}\Uninstall.exe" /S',
        "URLInfoAbout": "https://example.com/stock",
        "NoModify": "1",
        "NoRepair": "1",
    }
    opening = rf'"{place}\{NAME}.exe" "%1"'
    own = "com.example.stock"
    assert registry[RUN][own] == rf'"{place}\{NAME}.exe"'
    assert registry[rf"{CLASSES}\.stück"] == {"": f"{own}.stück"}
    assert registry[rf"{CLASSES}\.stück\OpenWithProgids"] == {f"{own}.stück": ""}
    assert registry[rf"{CLASSES}\{own}.stück"] == {"": "Stück"}
    assert registry[rf"{CLASSES}\{own}.stück\shell\open\command"] == {"": opening}
    assert registry[rf"{CLASSES}\stock\shell\open\command"] == {"": opening}
    assert registry[rf"{CLASSES}\stock"]["URL Protocol"] == ""
    assert registry[r"Software\RegisteredApplications"][own] == rf"Software\{own}\Capabilities"
    assert registry[rf"Software\{own}\Capabilities\URLAssociations"] == {"stock": f"{own}.url"}


def test_nothing_stays_but_what_is_the_users(clean: Wine, make: Make) -> None:
    """Uninstalling takes layers along that updates have brought, and leaves what somebody has put beside them."""
    before = clean.registry()
    _, setup = make()
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    for path in (
        "layers/0123456789abcdef/new.py",
        "releases/0123456789abcdef",
        "updates/root.json",
        "trying",
    ):
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text("from an update")
    (home / "my notes.txt").write_text("mine")
    data = clean.home / "AppData/Local/com.example.stock/stock.sqlite"
    data.parent.mkdir()
    data.write_text("data")
    remove(clean, home)
    assert contents(home) == {"my notes.txt": b"mine"}
    assert data.exists()
    assert not (clean.menu / f"{NAME}.lnk").exists()
    assert clean.registry() == before


def test_nothing_at_all_stays(clean: Wine, make: Make) -> None:
    """Without anything of the user's, the folder goes too."""
    _, setup = make()
    assert clean.run(setup, "/S") == 0
    remove(clean, clean.programs / NAME)
    wait_until_gone(clean.programs / NAME)


def test_what_opens_with_another_program_still_does(clean: Wine, make: Make) -> None:
    """A file type or an address that somebody else has is left to them, by the setup and by the uninstaller."""
    clean.write(rf"{CLASSES}\.stück", "", "other.stück")
    clean.write(rf"{CLASSES}\stock\shell\open\command", "", "other.exe")
    before = said(clean.registry())
    _, setup = make()
    assert clean.run(setup, "/S") == 0
    registry = clean.registry()
    assert registry[rf"{CLASSES}\.stück\OpenWithProgids"] == {"com.example.stock.stück": ""}
    assert registry[rf"{CLASSES}\.stück"] == {"": "other.stück"}
    assert registry[rf"{CLASSES}\stock\shell\open\command"] == {"": "other.exe"}
    remove(clean, clean.programs / NAME)
    assert said(clean.registry()) == before
    for key in (rf"{CLASSES}\.stück", rf"{CLASSES}\stock"):
        clean.run("reg", "delete", f"HKCU\\{key}", "/f")


def test_a_later_version_takes_the_place_of_an_earlier_one(clean: Wine, make: Make) -> None:
    """What both have stays, what only the earlier one had goes, and so does what updates have brought."""
    earlier, setup = make("1.9.0")
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    (home / "layers/0123456789abcdef").mkdir()
    (home / "layers/0123456789abcdef/new.py").write_text("from an update")
    (home / "releases/0123456789abcdef").write_text("from an update")
    later, setup = make("1.10.0", schemes=(), file_types=(), autostart=False)
    assert clean.run(setup, "/S") == 0
    assert installed(home) == contents(later.root)
    assert Current.read(home).release == later.release.key != earlier.release.key
    registry = clean.registry()
    assert registry[UNINSTALL]["DisplayVersion"] == "1.10.0"
    # It has declared no file types, no addresses and no autostart any more.
    assert "com.example.stock" not in registry[RUN]
    assert not [key for key in registry if "stück" in key or key.startswith(rf"{CLASSES}\stock")]


def test_an_earlier_version_takes_nobodys_place(clean: Wine, make: Make) -> None:
    """What counts is the release that would start, which an update may have brought; `/OLDER` is for whoever means it."""
    newer, setup = make("1.10.0")
    older, old_setup = make("1.9.0")
    home = clean.programs / NAME
    assert clean.run(setup, "/S") == 0
    assert clean.run(old_setup, "/S") == 3
    assert installed(home) == contents(newer.root)
    assert clean.run(old_setup, "/S", "/OLDER") == 0
    assert installed(home) == contents(older.root)


def test_a_folder_of_ones_own_is_found_again(clean: Wine, make: Make) -> None:
    """`/D=` says where; the next version goes there without being told."""
    _, setup = make("1.4.0")
    home = clean.drive / "Tools/my stock"
    assert clean.run(setup, "/S", r"/D=C:\Tools\my", "stock") == 0
    assert (home / "current").exists()
    later, setup = make("1.5.0")
    assert clean.run(setup, "/S") == 0
    assert installed(home) == contents(later.root)
    assert not (clean.programs / NAME).exists()


def test_a_program_may_change_its_name(clean: Wine, make: Make) -> None:
    """It is known by its id: under its new name it stands where it stood, and the old name is nowhere."""
    _, setup = make("1.4.0")
    assert clean.run(setup, "/S") == 0
    renamed, setup = make("1.5.0", name="Stock")
    assert clean.run(setup, "/S") == 0
    assert installed(clean.programs / NAME) == contents(renamed.root)
    assert not (clean.menu / f"{NAME}.lnk").exists()
    assert (clean.menu / "Stock.lnk").exists()


def test_somebody_elses_folder_is_not_mixed_with(clean: Wine, make: Make) -> None:
    """A folder `layers` that no setup has put there would go with the program one day: so it is refused."""
    _, setup = make()
    mine = clean.drive / "Maps/layers/rivers.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("rivers")
    assert clean.run(setup, "/S", r"/D=C:\Maps") == 2
    assert contents(clean.drive / "Maps") == {"layers/rivers.txt": b"rivers"}


def test_what_cannot_be_written_leaves_the_earlier_version_as_it_was(clean: Wine, make: Make) -> None:
    """The exit code says so too, and `current` still names what is whole."""
    earlier, setup = make("1.4.0")
    assert clean.run(setup, "/S") == 0
    later, setup = make("1.5.0")
    home = clean.programs / NAME
    app = home / later.release.home("app", PurePosixPath()).as_posix()  # type: ignore[arg-type]
    (app / "app.py").mkdir(parents=True)  # no file can take a folder's place
    assert clean.run(setup, "/S") == 2
    assert Current.read(home).release == earlier.release.key
    for path, content in contents(earlier.root).items():
        assert (home / path).read_bytes() == content


def test_a_program_that_is_open_is_asked_to_close(clean: Wine, make: Make) -> None:
    """As by a click on its window's cross; then it is replaced."""
    _, setup = make("1.4.0", launcher=clean.program("notepad"))
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    later, setup = make("1.5.0")
    with clean.running(home / f"{NAME}.exe") as running:
        assert running.poll() is None
        # A program can be asked once it has a window, and nothing outside Wine tells when that is.
        assert 0 in (clean.run(setup, "/S") for _ in range(5))
        assert running.wait(10) == 0
    assert installed(home) == contents(later.root)


def test_a_program_that_does_not_close_is_left_alone(clean: Wine, make: Make) -> None:
    """Where nobody can be asked, nothing is torn out of somebody's hands: neither an upgrade nor an uninstaller goes on."""
    earlier, setup = make("1.4.0", launcher=clean.program("cmd"))
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    _, setup = make("1.5.0")
    # It has no window, so nothing that could be closed.
    with clean.running(home / f"{NAME}.exe", "/k") as running:
        time.sleep(1)
        assert clean.run(setup, "/S") == 2
        assert running.poll() is None
        assert installed(home) == contents(earlier.root)
        running.communicate(b"exit\r\n", timeout=10)


def test_what_is_installed_starts(clean: Wine, make: Make, tmp_path: Path) -> None:
    """The true launcher finds its release and its Python where the setup has put them."""
    _, setup = make(launcher=None)
    assert clean.run(setup, "/S") == 0
    assert starts(clean, clean.programs / NAME / f"{NAME}.exe", tmp_path)


def test_setup_and_uninstaller_are_signed(clean: Wine, make: Make, tmp_path: Path) -> None:
    """The uninstaller from within NSIS, because nobody has it as a file before it is installed."""
    _, setup = make(launcher=None, hooks={"sign-windows": signer(tmp_path)})
    assert is_signed(setup, tmp_path)
    assert clean.run(setup, "/S") == 0
    home = clean.programs / NAME
    for program in ("Uninstall.exe", f"{NAME}.exe"):
        assert is_signed(home / program, tmp_path), program
    content = bytearray((home / "Uninstall.exe").read_bytes())
    content[0x500] ^= 1
    (tmp_path / "changed.exe").write_bytes(content)
    assert not is_signed(tmp_path / "changed.exe", tmp_path)


def test_what_is_for_arm_goes_on_no_other_computer(clean: Wine, make: Make) -> None:
    """There it could not start."""
    bundle, setup = make()
    nsis.make(replace(bundle, target=Target.parse("windows", "arm64")), setup)
    assert clean.run(setup, "/S") == 2
    assert not (clean.programs / NAME).exists()
