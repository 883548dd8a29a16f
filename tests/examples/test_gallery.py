"""The gallery shows every element as it is, with knobs that turn and the very code that runs."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from playwright.sync_api import Page, expect

from hipflask import ui
from hipflask.testing import User
from served import served

HERE = "gallery"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    for name in [name for name in sys.modules if name.partition(".")[0] == HERE]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module(HERE)


@pytest.fixture
def visitor(gallery: ModuleType) -> Iterator[User]:
    with User(gallery.app) as user:
        yield user


def samples(gallery: ModuleType) -> dict[str, Any]:
    return {name: sample for group in gallery.GROUPS.values() for name, sample in group.items()}


def test_no_element_is_missing_and_none_is_made_up(gallery: ModuleType) -> None:
    assert sorted(samples(gallery)) == sorted(ui._ELEMENTS)
    assert all(gallery.GROUPS.values())


@pytest.mark.parametrize("name", ui._ELEMENTS)
def test_a_sample_is_drawn_however_its_knobs_are_turned(
    gallery: ModuleType, visitor: User, name: str
) -> None:
    visitor.open(f"/?element={name}")
    visitor.see(f"ui.{name}")
    for knob in samples(gallery)[name].knobs:
        if knob.hint is bool:
            visitor.click(knob.label)
        for option in get_args(knob.hint):
            visitor.choose(knob.label, str(option))
        assert visitor.errors() == [], knob


@pytest.mark.parametrize("name", ui._ELEMENTS)
def test_the_code_that_is_shown_is_the_code_that_runs(gallery: ModuleType, visitor: User, name: str) -> None:
    sample = samples(gallery)[name]
    visitor.open(f"/?element={name}")
    visitor.see(sample.code)
    assert f"ui.{name}(" in sample.code
    [shown] = ast.parse(sample.code).body
    module = ast.parse(inspect.getsource(sys.modules[sample.draw.__module__]))
    [written] = [node for node in module.body if getattr(node, "name", "") == sample.draw.__name__]
    assert isinstance(written, ast.FunctionDef)
    written.decorator_list.clear()
    assert ast.dump(shown) == ast.dump(written)


def test_a_group_is_seen_at_a_glance(gallery: ModuleType, visitor: User) -> None:
    for group, inside in gallery.GROUPS.items():
        visitor.open(f"/?element={group}")
        for name in inside:
            visitor.see(f"ui.{name}")
        assert visitor.errors() == []


def test_an_element_that_is_none_is_said_to_be_none(visitor: User) -> None:
    visitor.open("/?element=marquee")
    visitor.see("There is no element 'marquee'.")


def test_the_list_is_searched_by_what_elements_are_about(visitor: User) -> None:
    visitor.open("/")
    visitor.type("Find an element", "colour")
    visitor.find("color", "treeitem")
    visitor.type("Find an element", "nonsense")
    visitor.see("No element is about “nonsense”.")


def test_it_works_in_a_browser(gallery: ModuleType, page: Page) -> None:
    with served(gallery.app) as server:
        page.goto(server.address)
        page.get_by_role("treeitem", name="Choices").click(position={"x": 60, "y": 10})
        page.get_by_role("treeitem", name="checkbox").click()
        expect(page.get_by_role("heading", name="ui.checkbox")).to_be_visible()
        page.locator("wa-switch", has_text="Disabled").click()
        expect(page.get_by_role("checkbox", name="The umpire is always right")).to_be_disabled()
        page.get_by_label("Find an element").fill("chart")
        expect(page.get_by_role("treeitem", name="slider")).to_have_count(0)
        page.get_by_role("treeitem", name="Data").click(position={"x": 60, "y": 10})
        expect(page.get_by_role("heading", name="ui.pie_chart")).to_be_visible()
        page.get_by_role("button", name="Look").click()
        page.get_by_role("menuitem", name="Scheme").hover()
        page.get_by_role("menuitem", name="Dark").click()
        expect(page.locator("html.wa-dark")).to_be_attached()
        expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()


def test_the_reference_has_a_small_picture_of_every_element() -> None:
    """Taken by scripts/pictures.py."""
    pictures = {picture.stem: picture for picture in (EXAMPLES.parent / "docs/images/elements").glob("*.png")}
    assert sorted(pictures) == sorted(ui._ELEMENTS)
    assert sum(picture.stat().st_size for picture in pictures.values()) < 1_500_000
    text = (EXAMPLES.parent / "docs/reference/elements.md").read_text()
    assert all(f"(../images/elements/{name}.png)" in text for name in pictures)
