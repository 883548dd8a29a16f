"""What the first bytes of a compiled file say about the computers that it is for.

target_of(b"\\x7fELF…")      Target("linux", "x86_64")
target_of(b"MZ…")            Target("windows", "aarch64")
target_of(b"import os")      None
"""

from __future__ import annotations

import re

from ..targets import Target

ENOUGH = 4096  # bytes from the beginning: a PE header stands behind a little program for DOS
_ELF = {0x3E: "x86_64", 0xB7: "aarch64"}
_MACH_O = {0x01000007: "x86_64", 0x0100000C: "aarch64"}
_PE = {0x8664: "x86_64", 0xAA64: "aarch64"}
_GLIBC = re.compile(rb"GLIBC_2\.(\d{1,3})\b")


def target_of(head: bytes) -> Target | None:
    """The target of a library or program that begins like this, if it is one that bundles are made for."""
    if head[:6] == b"\x7fELF\x02\x01":
        return _target("linux", _ELF.get(_number(head, 18, 2)))
    if head[:4] == b"\xcf\xfa\xed\xfe":
        return _target("macos", _MACH_O.get(_number(head, 4, 4)))
    if head[:2] == b"MZ":
        start = _number(head, 0x3C, 4)
        is_pe = head[start : start + 4] == b"PE\0\0"
        return _target("windows", _PE.get(_number(head, start + 4, 2))) if is_pe else None
    return None


def glibc_of(content: bytes) -> int:
    """The minor version of glibc that an ELF file needs: 34 for 2.34; 0 if it names none."""
    return max(map(int, _GLIBC.findall(content)), default=0)


def _target(system: str, machine: str | None) -> Target | None:
    return Target(system, machine) if machine else None


def _number(head: bytes, start: int, size: int) -> int:
    return int.from_bytes(head[start : start + size], "little")
