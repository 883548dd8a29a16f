"""The libraries whose figures are shown: each test that needs one says so."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lacking import lacking


def library(name: str, *others: str) -> Any:
    """A library, and others that go with it."""
    for each in (name.partition(".")[0], *others):
        if find_spec(each) is None:
            lacking(each)
    return import_module(name)
