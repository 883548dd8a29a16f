"""Signing: the project's own command, run for each file that can be signed, and believed only if it has done something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bundles import project

from hipflask.build.launcher import binary
from hipflask.build.sign import HOOKS, sign, sign_layer
from hipflask.build.targets import Target
from hipflask.core.errors import BuildError
from lacking import lacking

Hook = Callable[[str], str]
MARKED = b"signed\n"


@pytest.fixture
def hook(tmp_path: Path) -> Hook:
    """A command that runs these lines of Python, with the file as the first argument."""

    def written(lines: str) -> str:
        script = tmp_path / "a hook.py"
        script.write_text(f"import os, sys, time\nfile, *rest = sys.argv[1:]\n{lines}\n")
        return f"'{sys.executable}' '{script}' {{file}}"

    return written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Something to sign, with a name that a shell would take apart."""
    file = tmp_path / "Lager & Büro $(touch oops) setup.exe"
    file.write_bytes(b"MZ")
    return file


def test_without_a_command_nothing_happens(tmp_path: Path, file: Path) -> None:
    sign(project(tmp_path), "sign-windows", file)
    assert file.read_bytes() == b"MZ"


def test_the_command_gets_the_file_the_name_and_the_version(tmp_path: Path, file: Path, hook: Hook) -> None:
    command = hook("open(file, 'a').write('|'.join(rest))") + " '{name} {version}' {version} '{other}'"
    sign(project(tmp_path, hooks={"sign-windows": command}), "sign-windows", file)
    assert file.read_text(encoding="utf-8") == "MZLager & Büro 1.4.0|1.4.0|{other}"
    assert not (tmp_path / "oops").exists()


def test_it_runs_in_the_projects_folder(tmp_path: Path, file: Path, hook: Hook) -> None:
    command = hook("open(file, 'w').write(os.getcwd())")
    sign(project(tmp_path, hooks={"sign-macos": command}), "sign-macos", file)
    assert file.read_text() == str(tmp_path)


def test_one_that_changes_nothing_is_fine(tmp_path: Path, file: Path, hook: Hook) -> None:
    sign(project(tmp_path, hooks={"sign-linux": hook("")}), "sign-linux", file)
    assert file.read_bytes() == b"MZ"


def test_one_that_fails_says_what_it_said(tmp_path: Path, file: Path, hook: Hook) -> None:
    command = hook("[print('line', n) for n in range(50)]; sys.exit('no such key')")
    with pytest.raises(BuildError) as failure:
        sign(project(tmp_path, hooks={"sign-windows": command}), "sign-windows", file)
    message = str(failure.value)
    assert f"sign-windows has ended with 1 for {file.name}: {command}\n" in message
    assert "no such key" in message
    assert "line 49" in message
    assert "line 30" not in message


def test_one_that_is_not_there_is_named(tmp_path: Path, file: Path) -> None:
    what = project(tmp_path, hooks={"sign-windows": "signtool-of-nobody {file}"})
    with pytest.raises(
        BuildError, match=r"sign-windows cannot be started \(No such file.*signtool-of-nobody"
    ):
        sign(what, "sign-windows", file)


def test_one_that_does_not_end_is_ended_with_all_that_it_has_started(
    tmp_path: Path, file: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIPFLASK_HOOK_SECONDS", "1.5")
    child = "import subprocess; child = subprocess.Popen(['sleep', '60'])"
    command = hook(
        f"{child}; open(file, 'w').write(str(child.pid)); print('waiting', flush=True); time.sleep(60)"
    )
    started = time.monotonic()
    with pytest.raises(BuildError, match=r"not ended within 1\.5 seconds") as failure:
        sign(project(tmp_path, hooks={"sign-windows": command}), "sign-windows", file)
    assert time.monotonic() - started < 20
    assert "waiting" in str(failure.value)
    assert "HIPFLASK_HOOK_SECONDS=" in str(failure.value)
    assert not is_alive(int(file.read_text()))


def is_alive(pid: int) -> bool:
    """Whether a process still does something: a dead one that nobody has asked for does not."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def _somebody_types() -> Iterator[None]:
    """There is a keyboard, and somebody who answers."""
    keyboard, typed = os.pipe()
    os.write(typed, b"correct horse\n")
    os.close(typed)
    before = os.dup(0)
    os.dup2(keyboard, 0)
    yield
    os.dup2(before, 0)
    os.close(before)
    os.close(keyboard)


@pytest.mark.usefixtures("_somebody_types")
def test_one_that_asks_a_question_gets_no_answer(tmp_path: Path, file: Path, hook: Hook) -> None:
    """A build waits for nobody, on a server or at a desk."""
    with pytest.raises(BuildError, match="EOFError"):
        sign(project(tmp_path, hooks={"sign-windows": hook("input('Password: ')")}), "sign-windows", file)


def test_a_limit_that_is_no_number_is_said_to_be_none(
    tmp_path: Path, file: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIPFLASK_HOOK_SECONDS", "an hour")
    with pytest.raises(BuildError, match="HIPFLASK_HOOK_SECONDS must be a number of seconds, got 'an hour'"):
        sign(project(tmp_path, hooks={"sign-windows": hook("")}), "sign-windows", file)


def test_what_the_environment_keeps_secret_is_not_repeated(
    tmp_path: Path, file: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNING_PASSWORD", "correct horse")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cr3t-of-azure")
    monkeypatch.setenv("SIGNING_ACCOUNT", "example-account")
    lines = "print(os.environ['SIGNING_PASSWORD'], os.environ['AZURE_CLIENT_SECRET'], os.environ['SIGNING_ACCOUNT'])"
    with pytest.raises(BuildError) as failure:
        sign(project(tmp_path, hooks={"sign-windows": hook(lines + "; sys.exit(1)")}), "sign-windows", file)
    assert "*** *** example-account" in str(failure.value)


def test_a_file_that_is_gone_afterwards_is_noticed(tmp_path: Path, file: Path, hook: Hook) -> None:
    command = hook("os.rename(file, file + '.signed')")
    with pytest.raises(BuildError, match="must change the file in its place"):
        sign(project(tmp_path, hooks={"sign-windows": command}), "sign-windows", file)


@pytest.mark.parametrize(
    ("hook_name", "command", "message"),
    [
        ("sign-windows", "signtool sign setup.exe", "does not say where the file goes"),
        ("sign-windows", "signtool 'sign {file}", "cannot be split into words"),
        ("sign-amiga", "sign {file}", "is no hook. There are sign-windows, sign-macos"),
    ],
)
def test_what_cannot_be_run_is_explained(
    tmp_path: Path, file: Path, hook_name: str, command: str, message: str
) -> None:
    with pytest.raises(BuildError, match=message):
        sign(project(tmp_path, hooks={hook_name: command}), hook_name, file)


# ── layers ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    """A layer with native files of both systems, and with what only looks like one."""
    folder = tmp_path / "layer"
    windows, macos = binary(Target.parse("windows")).read_bytes(), binary(Target.parse("macos")).read_bytes()
    files = {
        "python313.dll": windows,
        "Lib/site/module.pyd": windows,
        "signed.dll": with_certificates(windows),
        "module.so": macos,
        "universal.dylib": b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(40),
        "Module.class": b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(40),
        "object.o": macos[:12] + b"\x01" + macos[13:],
        "linux.so": b"\x7fELF" + bytes(60),
        "dos.com": b"MZ" + bytes(100),
        "readme.txt": b"MZ, who has written this, wishes you well.\n" * 3,
        "empty": b"",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def with_certificates(pe: bytes) -> bytes:
    """A program of Windows that says that it has a signature."""
    place = int.from_bytes(pe[0x3C:0x40], "little") + 24 + 112 + 4 * 8
    return pe[:place] + b"\x01\x02\x03\x04" * 2 + pe[place + 8 :]


def signed_in(folder: Path) -> set[str]:
    """The files of a folder that a hook has put its mark on."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in files if path.read_bytes().endswith(MARKED)}


@pytest.mark.parametrize(
    ("system", "wanted"),
    [
        ("windows", {"python313.dll", "Lib/site/module.pyd"}),
        ("macos", {"module.so", "universal.dylib"}),
        ("linux", set()),
    ],
)
def test_the_native_files_of_a_layer_are_signed_and_no_others(
    tmp_path: Path, layer: Path, hook: Hook, system: str, wanted: set[str]
) -> None:
    command = hook(f"open(file, 'ab').write({MARKED!r})")
    what = project(tmp_path, hooks=dict.fromkeys(HOOKS, command))
    sign_layer(what, Target.parse(system), layer)
    assert signed_in(layer) == wanted


def test_without_a_command_a_layer_is_not_even_looked_at(tmp_path: Path) -> None:
    sign_layer(project(tmp_path), Target.parse("windows"), tmp_path / "nowhere")


# ── the real thing ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def certificate(tmp_path: Path) -> str:
    """A command that signs with a certificate which its owner has signed herself."""
    for tool in ("osslsigncode", "openssl"):
        if shutil.which(tool) is None:
            lacking(tool)
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=Example Ltd",
    ]
    where = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    subprocess.run(
        [*request, "-addext", "extendedKeyUsage=codeSigning", *where], check=True, capture_output=True
    )
    script = tmp_path / "sign.sh"
    script.write_text(
        "#!/bin/sh\nset -eu\n"
        'osslsigncode sign -certs cert.pem -key key.pem -n "$2" -in "$1" -out "$1.signed"\nmv "$1.signed" "$1"\n'
    )
    script.chmod(0o755)
    return "./sign.sh {file} {name}"


def verified(file: Path, folder: Path) -> bool:
    """Whether osslsigncode finds the signature of that certificate."""
    command = ["osslsigncode", "verify", "-CAfile", folder / "cert.pem", "-in", file]
    return subprocess.run(command, capture_output=True, cwd=folder).returncode == 0


def test_a_launcher_is_signed_for_windows(tmp_path: Path, certificate: str) -> None:
    program = tmp_path / "Lager & Büro.exe"
    shutil.copy(binary(Target.parse("windows")), program)
    assert not verified(program, tmp_path)
    sign(project(tmp_path, hooks={"sign-windows": certificate}), "sign-windows", program)
    assert verified(program, tmp_path)
    content = bytearray(program.read_bytes())
    content[0x400] ^= 1
    program.write_bytes(content)
    assert not verified(program, tmp_path)


def test_a_layer_that_has_been_signed_is_not_signed_again(tmp_path: Path, certificate: str) -> None:
    folder = tmp_path / "layer"
    folder.mkdir()
    library = folder / "python313.dll"
    shutil.copy(binary(Target.parse("windows")), library)
    what = project(tmp_path, hooks={"sign-windows": certificate})
    sign_layer(what, Target.parse("windows"), folder)
    assert verified(library, tmp_path)
    before = library.read_bytes()
    sign_layer(what, Target.parse("windows"), folder)
    assert library.read_bytes() == before
    assert os.listdir(folder) == ["python313.dll"]
