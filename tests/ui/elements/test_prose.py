"""HTML and Markdown become elements; nothing of them reaches a browser as markup."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask import Hipflask, ui
from hipflask.core.errors import MissingPart
from hipflask.surfaces.pages import host_of
from hipflask.testing import User
from hipflask.testing.plain import Shown
from hipflask.ui.elements._prose import KINDS


def shown(draw: Callable[[], Any]) -> list[Any]:
    """What a window draws, each as [tag, text, …children]."""
    app = Hipflask("prose")
    app.testing = True

    @app.window("/")
    def window() -> None:
        draw()

    with User(app).open("/") as user:
        [drawn] = user.screen.tree.root.children[0].children
        host_of(app).close()
        return [plain(child) for child in drawn.children]


def plain(node: Shown) -> list[Any]:
    return [node.tag, node.props.get("text"), *map(plain, node.children)]


MARKDOWN = """
# Line-up

Who is *on **first***, [What](/bases/2) on `second`.
Third: ~~Who~~ I Don't Know.

1. one
2. two
   - more

> quiet

| Base | Name |
|------|-----:|
| 1    | Who  |

    some  code
"""


def test_markdown_is_drawn_piece_by_piece() -> None:
    """Headings, emphasis, links, lists, quotes, tables and code."""
    assert shown(lambda: ui.markdown(MARKDOWN)) == [
        ["h1", "Line-up"],
        ["p", "Who is ", ["em", "on ", ["strong", "first"]], ["span", ", "], ["a", "What"], ["span", " on "],
         ["code", "second"], ["span", ". Third: "], ["s", "Who"], ["span", " I Don't Know."]],
        ["ol", None, ["li", "one"], ["li", "two ", ["ul", None, ["li", "more"]]]],
        ["blockquote", None, ["p", "quiet"]],
        ["table", None,
         ["thead", None, ["tr", None, ["th", "Base"], ["th", "Name"]]],
         ["tbody", None, ["tr", None, ["td", "1"], ["td", "Who"]]]],
        ["pre", None, ["code", "some  code\n"]],
    ]  # fmt: skip


def test_a_person_reads_whole_sentences(app: Hipflask, user: User) -> None:
    """Whatever pieces they are made of, and follows the links in them."""

    @app.window("/")
    def window() -> None:
        ui.markdown("Who is *on* **first**, [What](/second) on second.")

    @app.window("/second")
    def second() -> None:
        ui.html("<h2>What</h2>")

    user.open("/").see("Who is on first, What on second.")
    user.click("What")
    assert user.find("What", "heading")


def test_html_in_markdown_is_shown_as_it_is() -> None:
    """It is text there, and nothing else."""
    assert shown(lambda: ui.markdown("a <b onclick=x>b</b>\n\n<script>alert(1)</script>")) == [
        ["p", "a <b onclick=x>b</b>"],
        ["p", "<script>alert(1)</script>"],
    ]


@pytest.mark.parametrize(
    ("markup", "tree"),
    [
        ("<p>Who's <b>on</b> first?", [["p", "Who's ", ["b", "on"], ["span", " first?"]]]),
        ("<p>one<p>two<ul><li>a<li>b</ul>", [["p", "one"], ["p", "two"], ["ul", None, ["li", "a"], ["li", "b"]]]),
        ("<p>a<script>alert(1)</script>b<style>*{}</style>", [["p", "a", ["span", "b"]]]),
        ("<iframe src=x>in</iframe><svg><p>x</p></svg>out", [["span", "out"]]),
        ("<form><input value=x><button>go</button></form>", [["span", "go"]]),
        ("<p onclick=alert(1) style='color:red' class=x id=y>a", [["p", "a"]]),
        ("&lt;b&gt; &amp; &eacute;", [["span", "<b> & é"]]),
        ("a</p></div></b>b", [["span", "a"], ["span", "b"]]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_not_on_the_list_is_left_out(markup: str, tree: list[Any]) -> None:
    """Tags without their words being lost, but for words that are not for reading."""
    assert shown(lambda: ui.html(markup)) == tree


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVa\tscript:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_links_that_would_run_something_lead_nowhere(app: Hipflask, user: User, address: str) -> None:
    """Their words stay."""

    @app.window("/")
    def window() -> None:
        ui.html(f'<a href="{address}">there</a><img src="{address}" alt="picture">')

    user.open("/")
    assert "href" not in user.find("there", "link").shown.props
    assert "src" not in user.find("picture", "img").shown.props


@given(st.text(st.sampled_from("<>/=\"'& abpi!-[]\n`*_#|"), max_size=60))
def test_whatever_is_written_only_what_is_on_the_list_comes_out(text: str) -> None:
    """Of either language."""

    def tags(tree: list[Any]) -> set[str]:
        return {tree[0]}.union(*map(tags, tree[2:]))

    for draw in (lambda: ui.html(text), lambda: ui.markdown(text)):
        for node in shown(draw):
            assert tags(node) <= KINDS.keys()


def test_nobody_nests_too_deep() -> None:
    """What lies deeper is drawn at the last step."""
    depth = 0
    node: Any = ["", None, *shown(lambda: ui.html("<div>" * 5000 + "down"))]
    while len(node) > 2:
        node, depth = node[-1], depth + 1
    assert node[1] == "down"
    assert depth < 100


def test_without_its_package_markdown_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the extra is all that one needs."""
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    sys.modules["hipflask.ui.elements.markdown"]._reader.cache_clear()
    with pytest.raises(MissingPart, match=r"pip install hipflask\[markdown\]"):
        shown(lambda: ui.markdown("x"))
