"""Draws docs/images/merging/<rule>.svg: what two people wrote, and what became of it, as `sync/merge.py` decides.

    python scripts/merge_pictures.py

What is drawn as the result is asked of the code that runs in the hub, so a picture cannot say anything else than the program does.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src")]

from hipflask.sync import texts  # noqa: E402
from hipflask.sync.merge import Marks, Rule, merge  # noqa: E402
from hipflask.sync.messages import Change, Value  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "merging"
WIDTH, LANE, LEFT, RIGHT = 760, 64, 110, 40
FIRST, LAST = 9 * 60, 10 * 60  # the times that are drawn, in minutes
COLORS = {"Ann": "#0f766e", "Bob": "#b45309", "Hub": "#475569"}


@dataclass(frozen=True)
class Edit:
    """What somebody wrote, offline, at a minute of the clock, and when it reached the hub."""

    who: str
    at: int
    arrives: int
    values: dict[str, Value] = field(default_factory=dict)
    kind: str = "update"


@dataclass(frozen=True)
class Story:
    """A row, two people, a rule."""

    name: str
    title: str
    before: dict[str, Value]
    rules: dict[str, Rule]
    edits: tuple[Edit, ...]


def union(theirs: Value, ours: Value) -> Value:
    """The words of both."""
    return " ".join(sorted({*str(theirs).split(), *str(ours).split()}))


STORIES = (
    Story("last", "No rule: the later change wins", {"name": "Bolt"}, {}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"name": "Hex bolt"}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"name": "Bolt M8"}))),
    Story("columns", "Different columns never meet", {"name": "Bolt", "price": 5}, {}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"name": "Hex bolt"}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"price": 6}))),
    Story("sum", "Merge.sum: both count", {"stock": 10}, {"stock": Rule("sum")}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"stock": -2}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"stock": 5}))),
    Story("max", "Merge.max: the greater one", {"best": 70}, {"best": Rule("max")}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"best": 95}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"best": 88}))),
    Story("server", "Merge.server: who did not know the hub's value loses", {"price": 5}, {"price": Rule("server")}, (
        Edit("Hub", 9 * 60 + 10, 9 * 60 + 10, {"price": 6}), Edit("Bob", 9 * 60 + 30, 9 * 60 + 45, {"price": 4}))),
    Story("together", "Merge.together: the address of one, not of both", {"street": "Mill St 1", "town": "York"},
        {"street": Rule(group="address"), "town": Rule(group="address")}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"street": "Bank St 2", "town": "York"}),
        Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"street": "Quay 3", "town": "Hull"}))),
    Story("by", "Merge.by(union): a function says", {"tags": "steel"}, {"tags": Rule("by", function=union)}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"tags": "steel m8"}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"tags": "steel zinc"}))),
    Story("text", "Merge.text: both edits, letter by letter", {"notes": "call Mill"}, {"notes": Rule("text")}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, {"notes": "call Mill on Monday"}), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"notes": "please call Mill"}))),
    Story("delete", "A delete wins over changes", {"name": "Bolt"}, {}, (
        Edit("Ann", 9 * 60 + 10, 9 * 60 + 40, kind="delete"), Edit("Bob", 9 * 60 + 20, 9 * 60 + 30, {"name": "Bolt M8"}))),
)  # fmt: skip


def outcomes(story: Story) -> list[tuple[Edit, dict[str, Value] | None]]:
    """The row at the hub after each of the changes, in the order in which they arrive."""
    row: dict[str, Value] | None = dict(story.before)
    marks = Marks((FIRST, ""))
    states = {
        name: texts.initial(str(row[name])) for name, rule in story.rules.items() if rule.kind == "text"
    }
    fresh, told = dict(states), []
    for edit in sorted(story.edits, key=lambda edit: edit.arrives):
        values = [
            texts.edited(fresh[name], str(value))[1] if name in states else value
            for name, value in edit.values.items()
        ]
        change = Change("item", 1, edit.kind, [*edit.values], values, [edit.at] * max(len(values), 1), FIRST)
        stamps = [(edit.at, "" if edit.who == "Hub" else edit.who)] * max(len(values), 1)
        merged = merge(change, stamps, row, marks, story.rules, states, texts.merged)
        marks, states = merged.marks, {**states, **merged.states}
        row = None if merged.kind == "delete" else row if row is None else {**row, **merged.values}
        told.append((edit, row))
    return told


def picture(story: Story) -> str:
    """One story as SVG."""
    people = [name for name in ("Ann", "Bob") if any(edit.who == name for edit in story.edits)]
    lanes = {name: 70 + place * LANE for place, name in enumerate([*people, "Hub"])}
    height = lanes["Hub"] + 80
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(story.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#f8fafc"/>',
        f'<text x="24" y="32" font-size="16" font-weight="600" fill="#0f172a">{escape(story.title)}</text>',
    ]
    for name, y in lanes.items():
        lines.append(f'<text x="24" y="{y + 5}" font-weight="600" fill="{COLORS[name]}">{name}</text>')
        lines.append(
            f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="{COLORS[name]}" stroke-opacity=".35" stroke-width="2"/>'
        )
    lines.append(_label(LEFT, lanes["Hub"] + 26, _shown(story.before), "#475569", "start"))
    told = outcomes(story)
    for edit in story.edits:
        lines += _edit(edit, lanes, story.before)
    for place, (edit, row) in enumerate(told):
        is_last = place == len(told) - 1
        if edit.who != "Hub":  # below each other, or they would run into each other
            y = lanes["Hub"] + 26 + 20 * is_last
            lines.append(
                _label(
                    _x(edit.arrives), y, _shown(row), "#0f172a" if is_last else "#475569", "middle", is_last
                )
            )
    return "\n".join([*lines, "</svg>", ""])


def _edit(edit: Edit, lanes: dict[str, int], before: dict[str, Value]) -> list[str]:
    y, color = lanes[edit.who], COLORS[edit.who]
    words = "delete" if edit.kind == "delete" else _written(edit, before)
    lines = [
        f'<circle cx="{_x(edit.at)}" cy="{y}" r="6" fill="{color}"/>',
        _label(_x(edit.at), y - 14, f"{edit.at // 60}:{edit.at % 60:02} {words}", color, "middle"),
    ]
    if edit.who != "Hub":
        lines.append(
            f'<path d="M{_x(edit.at) + 8} {y} L{_x(edit.arrives)} {y} L{_x(edit.arrives)} {lanes["Hub"]}" fill="none" stroke="{color}" '
            f'stroke-width="2" stroke-dasharray="5 4"/><circle cx="{_x(edit.arrives)}" cy="{lanes["Hub"]}" r="5" fill="{color}"/>'
        )
    return lines


def _written(edit: Edit, before: dict[str, Value]) -> str:
    added = {
        name: f"{value:+}"
        for name, value in edit.values.items()
        if name == "stock" and isinstance(value, int)
    }
    return _shown({name: value for name, value in edit.values.items() if value != before[name]} | added)


def _shown(row: dict[str, Value] | None) -> str:
    return "gone" if row is None else ", ".join(f"{name} {value}" for name, value in row.items())


def _x(minute: int) -> int:
    return LEFT + round((minute - FIRST) / (LAST - FIRST) * (WIDTH - LEFT - RIGHT))


def _label(x: int, y: int, words: str, color: str, anchor: str, is_strong: bool = False) -> str:
    weight = ' font-weight="700"' if is_strong else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{color}"{weight}>{escape(words)}</text>'


def main() -> None:
    """Draw all of them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for story in STORIES:
        (PICTURES / f"{story.name}.svg").write_text(picture(story), encoding="utf-8")


if __name__ == "__main__":
    main()
