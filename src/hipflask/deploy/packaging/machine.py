"""The computers that Lambda runs functions on, as targets that `build` knows to find packages for.

LambdaTarget.of("arm64", "3.13").uv        "aarch64-manylinux_2_34"
LambdaTarget.of("x86_64", "3.11").uv       "x86_64-manylinux2014"
"""

from __future__ import annotations

from dataclasses import dataclass

from ...build.targets import Target
from ...core.errors import BuildError
from ...core.words import join

ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}  # Amazon's word, and everybody else's
# The C library's version decides which wheels load: 2.34 on Amazon Linux 2023, 2.26 on Amazon Linux 2, for which 2.17 is the
# newest that wheels are made for.
_WHEELS = {
    "3.11": "manylinux2014",
    "3.12": "manylinux_2_34",
    "3.13": "manylinux_2_34",
    "3.14": "manylinux_2_34",
}
PYTHONS = tuple(_WHEELS)


@dataclass(frozen=True, slots=True, order=True)
class LambdaTarget(Target):
    """A Linux of Amazon's with a Python of Amazon's: its packages stand apart from those of desktop Linux in the lock."""

    python: str

    @classmethod
    def of(cls, architecture: str, python: str) -> LambdaTarget:
        """What Lambda calls by these words; raises BuildError where it has no such thing."""
        if architecture not in ARCHITECTURES:
            raise BuildError(
                f"Lambda has no architecture {architecture!r}. Write {join(tuple(ARCHITECTURES), 'or')}."
            )
        if python not in PYTHONS:
            raise BuildError(
                f"Lambda has no Python {python!r} that Hipflask runs on. Write {join(PYTHONS, 'or')}."
            )
        return cls("linux", ARCHITECTURES[architecture], python)

    @property
    def minor(self) -> int:
        """The 13 of 3.13."""
        return int(self.python.partition(".")[2])

    @property
    def name(self) -> str:
        """As the lock and the cache have it."""
        return f"lambda-{self.machine}"

    @property
    def uv(self) -> str:
        """What uv calls a system of the same C library."""
        return f"{self.machine}-{_WHEELS[self.python]}"

    def __str__(self) -> str:
        return f"Lambda on {self.machine}"
