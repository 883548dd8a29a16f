"""What takes the space in a bundle, and who asked for it: as lines, and as a picture.

packages   sqlalchemy     9.8 MB  ██████████        store
runtime    libpython      6.1 MB  ██████
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from html import escape
from pathlib import Path

from .layer import Layer

_BAR = 24
_REQUIRED = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a person could leave out or replace: a package, a part of the standard library, the app."""

    layer: str
    name: str
    size: int  # bytes, installed
    because: tuple[str, ...] = ()  # the packages that require it; "the program" among them


@dataclass(frozen=True, slots=True)
class Box:
    """Where a part is in the picture; its area is its share."""

    part: Part
    x: float
    y: float
    width: float
    height: float


def parts_of(layers: Iterable[Layer]) -> list[Part]:
    """What these layers are made of, the largest first."""
    found: list[Part] = []
    for layer in layers:
        requirers = _requirers(layer) if layer.name == "packages" else {}
        sizes: defaultdict[str, int] = defaultdict(int)
        for file in layer.files:
            sizes[_owner(layer.name, file.path)] += file.size
        for name, size in sizes.items():
            asked = requirers.get(_normal(name), ())
            found.append(Part(layer.name, name, size, tuple(sorted(asked))))
    return sorted(found, key=lambda part: (-part.size, part.layer, part.name))


def lines_of(parts: Sequence[Part], most: int = 30) -> str:
    """A table for the shell, of the `most` largest."""
    total = sum(part.size for part in parts)
    shown, rest = parts[:most], parts[most:]
    if rest:
        shown = [*shown, Part("", f"{len(rest)} more", sum(part.size for part in rest))]
    widest = max((len(part.name) for part in shown), default=0)
    largest = max((part.size for part in shown), default=1) or 1
    rows = []
    for part in shown:
        bar = "█" * max(round(_BAR * part.size / largest), 1)
        because = f"required by {', '.join(part.because)}" if part.because else ""
        rows.append(
            f"{part.layer:<9} {part.name:<{widest}} {megabytes(part.size):>9}  {bar:<{_BAR}}  {because}".rstrip()
        )
    return "\n".join([*rows, f"{'':<9} {'together':<{widest}} {megabytes(total):>9}"])


def megabytes(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


def picture_of(parts: Sequence[Part], title: str, width: int = 1200, height: int = 720) -> str:
    """The same as a treemap, in SVG: every part's area is its share of the space."""
    colours = {"runtime": "#3b82f6", "packages": "#0f766e", "app": "#d97706", "frame": "#6b7280"}
    total = sum(part.size for part in parts)
    shapes = []
    for box in boxes(parts, 0, 40, width, height - 40):
        label = f"{box.part.layer}: {box.part.name}, {megabytes(box.part.size)}"
        shapes.append(
            f'<g><title>{escape(label)}</title><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" fill="{colours.get(box.part.layer, "#6b7280")}" stroke="white"/>{_label(box)}</g>'
        )
    heading = escape(f"{title}: {megabytes(total)} installed")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" role="img" '
        f'aria-label="{heading}"><rect width="{width}" height="{height}" fill="white"/>'
        f'<text x="8" y="27" font-size="20" fill="#111827">{heading}</text>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def boxes(parts: Sequence[Part], x: float, y: float, width: float, height: float) -> list[Box]:
    """Share a rectangle among parts by their sizes, in boxes as square as they come (Bruls, Huizing, van Wijk 2000)."""
    left = [part for part in parts if part.size > 0]
    scale = width * height / (sum(part.size for part in left) or 1)
    done: list[Box] = []
    while left:
        side = min(width, height)
        row = _best_row(left, side, scale)
        thickness = sum(part.size for part in row) * scale / side if side else 0
        at = 0.0
        for part in row:
            length = part.size * scale / thickness if thickness else 0
            if width >= height:
                done.append(Box(part, x, y + at, thickness, length))
            else:
                done.append(Box(part, x + at, y, length, thickness))
            at += length
        if width >= height:
            x, width = x + thickness, width - thickness
        else:
            y, height = y + thickness, height - thickness
        left = left[len(row) :]
    return done


def _best_row(parts: Sequence[Part], side: float, scale: float) -> Sequence[Part]:
    """The first so many parts that make a row along `side` whose worst box is the squarest."""
    best, worst = 1, _worst(parts[:1], side, scale)
    for count in range(2, len(parts) + 1):
        now = _worst(parts[:count], side, scale)
        if now > worst:
            break
        best, worst = count, now
    return parts[:best]


def _worst(row: Sequence[Part], side: float, scale: float) -> float:
    areas = [part.size * scale for part in row]
    total = sum(areas)
    return (
        max(max(side**2 * area / total**2, total**2 / (side**2 * area)) for area in areas)
        if side and total
        else 0.0
    )


def _label(box: Box) -> str:
    if box.width < 8 * len(box.part.name) or box.height < 34:
        return ""
    x, y = box.x + 6, box.y + 18
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="white">{escape(box.part.name)}</text>'
        f'<text x="{x:.1f}" y="{y + 15:.1f}" font-size="11" fill="white">{megabytes(box.part.size)}</text>'
    )


def _owner(layer: str, path: str) -> str:
    """The part that a file of a layer belongs to."""
    parts = path.split("/")
    if layer == "runtime":
        inside = [part for part in parts if part not in ("lib", "Lib", "DLLs", "lib-dynload", "__pycache__")]
        if inside and re.fullmatch(r"python3\.\d+", inside[0]):
            inside = inside[1:]
        if (
            "lib-dynload" in parts
            or "DLLs" in parts
            or (len(inside) == 1 and re.search(r"\.(so|dll|dylib|pyd)", inside[0]))
        ):
            return "libpython" if re.match(r"(lib)?python3\d*", inside[0]) else "native parts of Python"
        return f"stdlib {inside[0]}" if len(inside) > 1 and inside[0] != "__pycache__" else "stdlib modules"
    if layer == "packages":
        top = parts[0] if parts[0] != "__pycache__" else parts[-1].partition(".")[0] + ".py"
        return re.sub(r"-[^-]*\.(dist-info|data)$|\.libs$|\.py$|\.cpython.*|\.pyd$|\.abi3.*", "", top)
    return parts[0]


def _requirers(layer: Layer) -> Mapping[str, set[str]]:
    """Which packages of the layer require which, by their metadata, markers aside."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in layer.files:
        if file.path.endswith(".dist-info/METADATA"):
            name, required = _metadata(layer.folder / file.path)
            for each in required:
                found[_normal(each)].add(name)
    return found


def _metadata(file: Path) -> tuple[str, Iterable[str]]:
    headers = HeaderParser().parsestr(file.read_text(encoding="utf-8", errors="replace"))
    lines = (str(line) for line in headers.get_all("Requires-Dist") or ())
    names = (_REQUIRED.match(line) for line in lines if "extra ==" not in line)
    return str(headers["Name"]), [match[0] for match in names if match]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
