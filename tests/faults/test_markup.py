"""Markup in any text that an app gives to any element stays text: no script runs, nothing is loaded, nothing is refused.

The examples in the docstrings are the list of all elements and of how each is used. Every text in them, and every further
argument that takes one, is replaced by markup in its turn.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest
from playwright.sync_api import Page

from faults.waiting import wait_until
from hipflask import Hipflask, ui
from hipflask.surfaces.pages import host_of
from served import Served

MARKUP = (
    "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    "</script><svg onload=\"document.title='run'\">'\"`&lt;b&gt;&amp;${document.title='run'}{{7*7}}"
)
ELEMENTS = sorted(ui._ELEMENTS)
TEXTS = ("str", "str | None", "object")


def _example(name: str) -> ast.Module:
    doc = inspect.getdoc(getattr(ui, name)) or ""
    return ast.parse("\n".join(line[4:] for line in doc.splitlines() if line.startswith((">>> ", "... "))))


def _variants(name: str) -> Iterator[tuple[str, ast.Module]]:
    """The example with one text after the other replaced by `words`, and with one text more."""
    example = _example(name)
    count = sum(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in ast.walk(example))
    for nth in range(count):
        changed = _Replace(nth).visit(copy.deepcopy(example))
        yield f"{name}, text {nth}", ast.fix_missing_locations(changed)
    for keyword, value in _further(name):
        changed = copy.deepcopy(example)
        call = next(
            node for node in ast.walk(changed)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"ui.{name}"
        )  # fmt: skip
        if keyword not in [each.arg for each in call.keywords]:
            call.keywords.append(ast.keyword(keyword, ast.parse(value, mode="eval").body))
            yield f"{name}, {keyword}", ast.fix_missing_locations(changed)


def _further(name: str) -> Iterator[tuple[str, str]]:
    """Keyword arguments that take a text, with `words` in it."""
    function = getattr(ui, name)
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            for option, hint in get_type_hints(get_type_hints(function)[parameter.name].__args__[0]).items():
                if hint in (str, str | None, object) and option != "key":
                    yield option, "words"
            yield "key", "words"
            yield "attrs", "{'title': words, 'class': words, 'aria-label': words}"
            yield "style", "{'color': words, '--x': words}"
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.annotation in TEXTS:
            yield parameter.name, "words"


class _Replace(ast.NodeTransformer):
    def __init__(self, nth: int) -> None:
        self.left = nth

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            self.left -= 1
            if self.left == -1:
                return ast.Name("words", ast.Load())
        return node


LOOK = """() => {
    const found = [];
    const walk = (root) => {
        for (const el of root.querySelectorAll("*")) {
            if (el.localName === "script" && el.id !== "hipflask-page" && !el.src.includes("/_hipflask/")) found.push(el.outerHTML);
            for (const name of el.getAttributeNames()) if (/^on/i.test(name)) found.push(el.outerHTML.slice(0, 200));
            if (el.shadowRoot) walk(el.shadowRoot);
        }
    };
    walk(document);
    return found;
}"""


@pytest.mark.parametrize(
    "names", [ELEMENTS[start::6] for start in range(6)], ids=lambda names: names[0] + "…"
)
def test_markup_in_any_text_stays_text(
    app: Hipflask, serve: Callable[..., Served], page: Page, names: list[str]
) -> None:
    words = ui.State("plain")
    taken: set[str] = set()
    # Not those that draw what they are given as markup on purpose; what they let through is tested with them.
    variants = [
        (label, compile(tree, label, "exec"))
        for name in names
        if name != "html"
        for label, tree in _variants(name)
    ]
    app.debug = True

    @app.window("/")
    def window() -> None:
        for label, code in variants:
            with ui.column(key=label):
                try:
                    exec(code, {"ui": ui, "words": words.value, "__name__": __name__})
                except Exception:  # an icon of that name, say, there is not
                    continue
            if words.value == MARKUP:
                taken.add(label)

    page.goto(serve().address)
    title = page.title()
    [session] = host_of(app).sessions()
    wait_until(lambda: session.painted and session.wait_until_settled(0.1), "the first paint")
    for said in (MARKUP, "plain", MARKUP):
        words.set(said)
        wait_until(lambda: session.wait_until_settled(0.1), "the markup", 60)
    page.wait_for_timeout(300)  # for what is loaded or run a moment later
    assert page.title() == title
    assert page.evaluate(LOOK) == []
    assert len(taken) > 0.8 * len(variants)
    texts = _texts(page.evaluate("hipflask.tree()"))
    assert {number: text for number, text in texts.items() if MARKUP in text} == {
        node.id: node.props["text"]
        for node in session._canvas.nodes.values()
        if MARKUP in str(node.props.get("text"))
    }


def _texts(node: list[Any]) -> dict[int, str]:
    number, _, props, children = node
    found = {number: str(props.get("text", ""))}
    for child in children:
        found |= _texts(child)
    return found


def test_markup_in_notes_titles_and_errors_stays_text(
    app: Hipflask, serve: Callable[..., Served], page: Page
) -> None:
    app.debug = True

    def fail() -> None:
        raise ValueError(MARKUP)

    @app.window("/", title=MARKUP)
    def window() -> None:
        ui.button("Note", on_click=ui.notify, args=(MARKUP,))
        ui.button("Fail", on_click=fail)
        ui.input("Refused", on_change=lambda _: fail())

    page.goto(serve().address)
    assert page.title().startswith("<img src=x")
    page.get_by_role("button", name="Note").click()
    page.get_by_role("button", name="Fail").click()
    page.get_by_role("textbox").fill("x")
    page.locator("hf-errors").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(LOOK) == []
    assert page.title().startswith("<img src=x")
    assert MARKUP in page.locator("hf-errors").inner_text()
