"""Every element as a person meets it: its example runs, its value comes and goes, and what does not fit is turned away."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hipflask import Hipflask, ui
from hipflask.core.errors import UsageError
from hipflask.testing import User

ELEMENTS = sorted(ui._ELEMENTS)
FIELDS = {"checkbox", "input", "select", "slider"}
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def opened(app: Hipflask, user: User) -> Callable[[Callable[[], None]], User]:
    """Opens a window that a function draws."""

    def open_window(function: Callable[[], Any]) -> User:
        @app.window("/")
        def window() -> None:
            function()

        return user.open("/")

    return open_window


def _shown(user: User) -> list[Any]:
    """Everything below the window's own part, as (tag, props, children)."""

    def plain(node: Any) -> Any:
        return [node.tag, node.props, [plain(child) for child in node.children]]

    return [plain(child) for child in user.screen.tree.root.children[0].children]


# ── the examples ──────────────────────────────────────────────────────────────────────────────────


def _example(name: str) -> str:
    """The lines of the docstring that a reader would copy."""
    doc = inspect.getdoc(getattr(ui, name)) or ""
    lines = [line[4:] for line in doc.splitlines() if line.startswith((">>> ", "... "))]
    return "\n".join(lines)


@pytest.mark.parametrize("name", ELEMENTS)
def test_the_example_of_every_element_runs_and_uses_it(name: str, opened: Any) -> None:
    example = _example(name)
    assert f"ui.{name}" in example, f"ui.{name} has no example in its docstring"
    ast.parse(example)
    user = opened(lambda: exec(compile(example, name, "exec"), {"ui": ui}))
    assert _shown(user)
    assert user.errors() == []


class _Insisting:
    """`ui`, but what it has of one name is always called with these options, too."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name = name
        self.options = options

    def __getattr__(self, name: str) -> Any:
        function = getattr(ui, name)
        return partial(function, **self.options) if name == self.name else function


@pytest.mark.parametrize("name", [name for name in ELEMENTS if name != "notify"])  # a note is no element
def test_every_element_takes_key_style_and_attrs(name: str, opened: Any) -> None:
    common = {"key": "k", "style": {"color": "red"}, "attrs": {"data-x": "y"}}
    example = compile(_example(name), name, "exec")
    user = opened(lambda: exec(example, {"ui": _Insisting(name, common)}))
    found = [node.props for node in user.screen.tree.nodes.values() if node.props.get("key") == "k"]
    assert found
    for props in found:
        assert props["style"]["color"] == "red"
        assert props["attrs"]["data-x"] == "y"


def test_everything_under_ui_is_known_by_name() -> None:
    assert set(ui._ELEMENTS) <= set(ui.__all__) == set(dir(ui))
    files = Path(ui.__file__).parent.joinpath("elements").glob("[!_]*.py")
    assert {path.stem for path in files} == {*ELEMENTS, "sync_status"}
    with pytest.raises(AttributeError, match=r"ui has no 'buton'\. It has: .*button"):
        _ = ui.buton


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────


def test_text_shows_anything_as_it_is(opened: Any) -> None:
    def window() -> None:
        ui.text(5)
        ui.text("<b>bold</b>", tone="danger", size="l", strong=True)

    assert _shown(opened(window)) == [
        ["p", {"text": "5"}, []],
        ["p", {"text": "<b>bold</b>", "attrs": {"tone": "danger", "size": "l", "strong": True}}, []],
    ]


def test_headings_have_four_levels(opened: Any) -> None:
    user = opened(lambda: [ui.heading(f"level {level}", level) for level in (1, 2, 3, 4)])  # type: ignore[arg-type]
    assert [tag for tag, _, _ in _shown(user)] == ["h1", "h2", "h3", "h4"]


def test_containers_put_their_children_where_they_are_told(opened: Any) -> None:
    def window() -> None:
        with ui.row(gap="s", align="start", justify="between", wrap=False):
            ui.text("in a row")
        with ui.column(gap="none", align="center"):
            ui.text("in a column")
        with ui.grid(3):
            ui.text("in three columns")
        with ui.grid(min_width="8rem"):
            pass
        with ui.card("Title"):
            ui.text("in a card")
        with ui.card():
            pass
        ui.divider()
        ui.divider(vertical=True)

    row, column, three, fitting, card, plain, line, upright = _shown(opened(window))
    assert row[:2] == [
        "hf-row",
        {"attrs": {"gap": "s", "align": "start", "justify": "between", "wrap": "no"}},
    ]
    assert row[2][0][1]["text"] == "in a row"
    assert column[:2] == ["hf-column", {"attrs": {"gap": "none", "align": "center"}}]
    assert three[1]["style"] == {"--hf-columns": "3"}
    assert fitting[1]["style"] == {"--hf-min": "8rem"}
    assert [child[0] for child in card[2]] == ["h2", "p"]
    assert "attrs" not in card[1]  # its heading says what it is
    assert plain == ["wa-card", {}, []]
    assert (line, upright) == (["wa-divider", {}, []], ["wa-divider", {"orientation": "vertical"}, []])


@pytest.mark.parametrize(
    ("value", "shown"), [(0, 0), (0.25, 25), (1, 100), (2, 100), (-1, 0), (1 / 3, 33.33), (float("inf"), 100)]
)
def test_progress_goes_from_0_to_1(opened: Any, value: float, shown: float) -> None:
    assert _shown(opened(lambda: ui.progress(value)))[0][1]["value"] == shown


@pytest.mark.parametrize("value", [None, float("nan")])
def test_progress_of_unknown_length_has_no_value(opened: Any, value: float | None) -> None:
    props = _shown(opened(lambda: ui.progress(value)))[0][1]
    assert props["indeterminate"] is True
    assert "value" not in props


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"  <svg/>", "svg+xml"), (b"<?xml version='1.0'?><svg/>", "svg+xml"),
    ],
)  # fmt: skip
def test_pictures_are_told_by_their_first_bytes(
    opened: Any, tmp_path: Path, content: bytes, kind: str
) -> None:
    (tmp_path / "picture").write_bytes(content)

    def window() -> None:
        ui.image(content, "as bytes")
        ui.image(tmp_path / "picture", "as a file", width=9, height=8)

    (_, as_bytes, _), (_, as_file, _) = _shown(opened(window))
    assert as_bytes["src"].startswith(f"data:image/{kind};base64,")
    assert as_file == {"src": as_bytes["src"], "alt": "as a file", "width": 9, "height": 8}


def test_a_picture_may_be_an_address_of_the_app(opened: Any) -> None:
    assert _shown(opened(lambda: ui.image("/static/logo.png")))[0][1] == {
        "src": "/static/logo.png",
        "alt": "",
    }


def test_buttons_look_as_they_are_told(opened: Any) -> None:
    def window() -> None:
        ui.button("plain")
        ui.button("tone", tone="danger", size="l", disabled=True)
        ui.button("quiet", appearance="plain", icon="star")
        ui.button("Favourite", icon="star", icon_only=True)

    plain, tone, quiet, icon = _shown(opened(window))
    assert plain[1] == {"text": "plain", "variant": "neutral", "appearance": "filled"}
    assert tone[1] == {
        "text": "tone",
        "variant": "danger",
        "appearance": "accent",
        "size": "l",
        "disabled": True,
    }
    assert quiet[1]["appearance"] == "plain"
    assert quiet[2] == [["wa-icon", {"name": "star", "attrs": {"slot": "start"}}, []]]
    assert icon[2] == [["wa-icon", {"name": "star"}, []]]


# ── what is entered ───────────────────────────────────────────────────────────────────────────────

# element, its arguments, the event, a wire value, what the handler is given for it
ENTERED = [
    ("input", ("Name",), "input", "Who", "Who"),
    ("checkbox", ("Ticked",), "change", True, True),
    ("slider", ("Rounds",), "input", 42, 42),
    ("select", ("Base", ["first", "second"]), "change", "1", "second"),
]


@pytest.mark.parametrize(("name", "arguments", "event", "value", "given"), ENTERED)
def test_what_is_entered_goes_to_the_state_and_to_the_handler(
    opened: Any, name: str, arguments: tuple[Any, ...], event: str, value: Any, given: Any
) -> None:
    heard: list[Any] = []
    state = ui.State({"input": "", "checkbox": False, "slider": 0, "select": "first"}[name])
    user = opened(
        lambda: getattr(ui, name)(
            *arguments,
            bind=state,
            on_change=lambda *args: heard.append((*args, state.value)),
            args=("first",),
        )
    )
    [field] = [node for node in user.screen.tree.nodes.values() if node.props.get("field")]
    assert field.props["on"] == {event: field.props["field"]}
    user.screen.event(field.id, event, value)
    user.screen.session.wait_until_settled(20)
    assert heard == [("first", given, given)]  # the state comes first, so that a handler may read it
    assert type(state.value) is type(given)


@pytest.mark.parametrize(("name", "arguments", "event", "value", "given"), ENTERED)
def test_a_state_that_changes_is_shown_by_what_it_is_bound_to(
    opened: Any, name: str, arguments: tuple[Any, ...], event: str, value: Any, given: Any
) -> None:
    state = ui.State({"input": "", "checkbox": False, "slider": 0, "select": "first"}[name])
    user = opened(lambda: getattr(ui, name)(*arguments, bind=state))
    [field] = [node for node in user.screen.tree.nodes.values() if node.props.get("field")]
    state.set(given)
    assert user.screen.session.wait_until_settled(20)
    assert field.props[field.props["field"]] == value


@pytest.mark.parametrize(("name", "arguments", "event", "value", "given"), ENTERED)
def test_a_field_that_nobody_asks_for_its_value_still_tells_it(
    opened: Any, name: str, arguments: tuple[Any, ...], event: str, value: Any, given: Any
) -> None:
    user = opened(lambda: getattr(ui, name)(*arguments))
    [field] = [node for node in user.screen.tree.nodes.values() if node.props.get("field")]
    user.screen.event(field.id, event, value)
    assert user.screen.session.node(field.id).props[field.props["field"]] == value
    assert user.errors() == []


HUGE = 10**400
WRONG: dict[str, list[Any]] = {
    "input": [None, 5, True, ["x"], {"a": "b"}, 1.5],
    "checkbox": [None, 0, 1, "true", "", [], {}],
    "slider": [None, "5", True, [], {}, -1, 101, 1e300, HUGE, -HUGE],
    "select": [5, 0, True, "2", "-1", "x", "1.0", " 1", "9" * 30, ["0"], {"0": "0"}],
}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [(name, value) for name, values in WRONG.items() for value in values],
    ids=lambda x: str(x)[:20],
)
def test_a_wire_value_that_does_not_fit_is_turned_away_and_nothing_else_happens(
    opened: Any, name: str, wrong: Any
) -> None:
    _, arguments, event, right, given = next(entry for entry in ENTERED if entry[0] == name)
    heard: list[Any] = []
    user = opened(lambda: getattr(ui, name)(*arguments, on_change=heard.append))
    [field] = [node for node in user.screen.tree.nodes.values() if node.props.get("field")]
    before = dict(user.screen.session.node(field.id).props)
    user.screen.event(field.id, event, wrong)
    user.screen.session.wait_until_settled(20)
    assert user.screen.session.node(field.id).props == before
    user.screen.event(field.id, event, right)
    user.screen.session.wait_until_settled(20)
    assert heard == [given]
    assert user.errors() == []


def test_whole_numbers_of_a_slider_are_int_and_others_float(opened: Any) -> None:
    heard: list[Any] = []
    user = opened(lambda: ui.slider("Odds", min=0, max=1, step=0.25, on_change=heard.append))
    for value in (1, 1.0, 0.25, 0):
        user.slide("Odds", value)
    assert heard == [1, 1, 0.25, 0]
    assert [type(value) for value in heard] == [int, int, float, int]


def test_a_select_speaks_of_the_values_themselves_of_whatever_type(opened: Any) -> None:
    values = [None, 1, "one", (1, 2), 2.5]
    heard: list[Any] = []
    user = opened(lambda: ui.select("What", {value: str(value) for value in values}, on_change=heard.append))
    for value in values:
        user.choose("What", str(value))
    assert heard == values


def test_a_select_may_be_given_nothing_and_be_emptied(opened: Any) -> None:
    heard: list[Any] = []
    user = opened(lambda: ui.select("Base", ["first"], on_change=heard.append, placeholder="Choose"))
    assert user.find("Base").value is None
    field = user.find("Base").shown.id
    user.screen.event(field, "change", "")
    user.screen.event(field, "change", None)
    user.screen.session.wait_until_settled(20)
    assert set(heard) == {None}


def test_options_and_choice_may_change_together(opened: Any) -> None:
    options, chosen = ui.State(["a", "b"]), ui.State("b")
    user = opened(lambda: ui.select("Which", options.value, bind=chosen))
    user.screen.session.disconnect(user.screen._receive)
    options.set(["x", "y", "z"])
    chosen.set("z")
    user.screen.session.connect(user.screen._receive, 1)
    user.see("z")
    assert user.find("Which").value == "z"
    assert user.errors() == []


def test_enter_brings_the_text_along(opened: Any) -> None:
    said: list[Any] = []
    user = opened(lambda: ui.input("Say", on_enter=lambda *args: said.append(args), args=("who",)))
    user.type("Say", "Hello", enter=True)
    assert said == [("who", "Hello")]


# ── what is written wrongly ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("attempt", "sentences"),
    [
        (lambda: ui.heading("x", 5), ["level takes 1, 2, 3 or 4, got 5"]),  # type: ignore[arg-type]
        (lambda: ui.grid(0), ["columns takes a number from 1 up, got 0", "leave it out to fit the window"]),
        (lambda: ui.icon("strar"), ["no icon 'strar'", "Did you mean 'star'", "https://lucide.dev/icons"]),
        (lambda: ui.button("x", icon="nonesuch-icon"), ["no icon 'nonesuch-icon'"]),
        (lambda: ui.button(icon="star"), ["has no name", "ui.button('What it does', icon='star', icon_only=True)"]),
        (lambda: ui.image(b"not a picture"), ["is no PNG, JPEG, GIF, WebP or SVG", "Convert the picture"]),
        (lambda: ui.image("javascript:alert(1)"), ["has the scheme 'javascript:'", "http:, https:"]),
        (lambda: ui.slider("x", min=5, max=5), ["min must be below max", "got min=5, max=5"]),
        (lambda: ui.slider("x", step=0), ["step above 0", "step=0"]),
        (lambda: ui.select("x", ["a"], value="b"), ["'b' is none of its options ['a']"]),
        (lambda: ui.select("x", [["a"]]), ["ui.select('x')", "options={", "hashable"]),
        (lambda: ui.input("x", bind=5), ["bind= takes a ui.state", "got 5"]),  # type: ignore[arg-type]
        (lambda: ui.button("x", tone="red"), ["tone takes", "'normal', 'primary', 'success', 'warning' or 'danger'", "got 'red'"]),  # type: ignore[arg-type]
        (lambda: ui.button("x", size="xl"), ["size takes 's', 'm' or 'l', got 'xl'"]),  # type: ignore[arg-type]
        (lambda: ui.button("x", appearance="loud"), ["appearance takes 'filled', 'outlined' or 'plain', got 'loud'"]),  # type: ignore[arg-type]
        (lambda: ui.text("x", tone="red"), ["tone takes", "'quiet'", "got 'red'"]),  # type: ignore[arg-type]
        (lambda: ui.row(gap="huge"), ["gap takes 'none', 'xs', 's', 'm', 'l' or 'xl', got 'huge'"]),  # type: ignore[arg-type]
        (lambda: ui.row(align="left"), ["align takes 'start', 'center'", "got 'left'"]),  # type: ignore[arg-type]
        (lambda: ui.column(align="left"), ["align takes 'start', 'center'", "got 'left'"]),  # type: ignore[arg-type]
        (lambda: ui.row(justify="left"), ["justify takes 'start'", "got 'left'"]),  # type: ignore[arg-type]
        (lambda: ui.input("x", kind="number"), ["kind takes 'text'", "got 'number'"]),  # type: ignore[arg-type]
        (lambda: ui.text("x", colour="red"), ["ui.text has no colour=", "style={'…': '…'}"]),  # type: ignore[call-arg]
        (lambda: ui.text("x", style="color: red"), ["style takes a dict", "style={'color': 'red'}"]),  # type: ignore[arg-type]
        (lambda: ui.text("x", attrs="hidden"), ["attrs takes a dict", "attrs={"]),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_refused_with_what_to_write_instead(
    app: Hipflask, attempt: Callable[[], object], sentences: list[str]
) -> None:
    app.testing = True

    @app.window("/")
    def window() -> None:
        attempt()

    with pytest.raises(UsageError) as refusal:
        app.test_client().get("/")
    assert [sentence for sentence in sentences if sentence not in str(refusal.value)] == [], str(
        refusal.value
    )
