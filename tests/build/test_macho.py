"""The launchers as files: what a Mac demands of its two, and that none of the six tells where it was compiled."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from machine_code import ADHOC, MachO

from hipflask.build.launcher import binary
from hipflask.build.targets import ALL, Target

MACS = [target for target in ALL if target.system == "macos"]


@pytest.mark.parametrize("target", MACS, ids=str)
def test_a_macs_launcher_is_for_its_processor_and_for_macos_11_on(target: Target) -> None:
    program = MachO(binary(target).read_bytes())
    assert program.processor == target.machine
    assert program.oldest_macos == (11, 0)


@pytest.mark.parametrize("target", MACS, ids=str)
def test_it_needs_nothing_that_a_mac_does_not_have(target: Target) -> None:
    assert MachO(binary(target).read_bytes()).libraries == ["/usr/lib/libSystem.B.dylib"]


def test_apples_processors_run_only_what_is_signed() -> None:
    """Not by anybody: "ad hoc", a hash of each page, which the kernel compares as it loads them."""
    content = binary(Target.parse("macos", "arm64")).read_bytes()
    signature = MachO(content).signature
    assert signature is not None
    assert signature.flags & ADHOC
    assert signature.limit == signature.offset, "something before the signature is not covered by it"
    assert signature.is_of(content)


def test_the_check_of_a_signature_notices_a_changed_byte() -> None:
    content = bytearray(binary(Target.parse("macos", "arm64")).read_bytes())
    content[len(content) // 3] ^= 1
    signature = MachO(bytes(content)).signature
    assert signature is not None
    assert not signature.is_of(bytes(content))


@pytest.mark.parametrize("target", ALL, ids=str)
def test_no_launcher_tells_where_it_was_compiled(target: Target) -> None:
    """No folder of a home, a checkout or a cache; on Windows no name of a file with debug information, and no date."""
    content = binary(target).read_bytes()
    telling = rb"/home/|/root|/tmp|/work|/Users/|/var/|\.venv|[A-Z]:\\|\.pdb|\.c\0|zig-cache|ziglang"
    assert re.findall(telling, content) == []
    for words in re.findall(rb"(?:[ -~]\0){6,}", content):
        assert re.findall(telling, words.replace(b"\0", b"")) == []


@pytest.mark.parametrize("target", [target for target in ALL if target.system == "windows"], ids=str)
def test_a_launcher_for_windows_opens_no_console(target: Target) -> None:
    """It is a program with windows."""
    content = binary(target).read_bytes()
    (header,) = struct.unpack_from("<I", content, 0x3C)
    (machine,) = struct.unpack_from("<H", content, header + 4)
    (subsystem,) = struct.unpack_from("<H", content, header + 24 + 68)
    assert machine == {"x86_64": 0x8664, "aarch64": 0xAA64}[target.machine]
    assert subsystem == 2


@pytest.mark.parametrize("target", [target for target in ALL if target.system == "linux"], ids=str)
def test_a_launcher_for_linux_runs_on_systems_of_the_last_ten_years(target: Target) -> None:
    """It needs the C library and nothing else, in no newer version than 2.17 of 2012."""
    content = binary(target).read_bytes()
    versions = {tuple(map(int, each.split(b"."))) for each in re.findall(rb"GLIBC_([0-9.]+)\0", content)}
    assert versions and max(versions) <= (2, 17)
    names = set(re.findall(rb"[a-zA-Z0-9_-]+\.so(?:\.[0-9]+)?(?=\0)", content))
    assert names - {b"libX11.so.6"} <= {b"libc.so.6", b"libdl.so.2"} | {Path(_loader(target)).name.encode()}


def _loader(target: Target) -> str:
    return {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}[target.machine]
