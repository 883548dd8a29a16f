"""The workflow that opens a window on each system is the one its script writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[3] / "scripts" / "selftest_workflow.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("selftest_workflow", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    __import__("sys").modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_committed_file_is_up_to_date() -> None:
    script = load()
    assert script.TARGET.read_text(encoding="utf-8") == script.workflow(), f"run python {SCRIPT.name}"


def test_each_system_opens_its_own_kind_of_window() -> None:
    text = load().workflow()
    for runner, shell in (("windows", "webview"), ("macos", "webview"), ("ubuntu", "webkitgtk")):
        job = text.partition(f"\n  {runner}:\n")[2].partition("\n\n")[0]
        assert f"runs-on: {runner}-latest" in job
        assert f"HIPFLASK_SHELL: {shell}" in job
        assert "hipflask --app examples/hello.py run --selftest" in job
    assert "xvfb-run" in text
