"""What takes the space: shares that add up, as lines and as a picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipflask.build.layer import Layer
from hipflask.build.why import Part, boxes, lines_of, parts_of, picture_of

sizes = st.lists(st.integers(1, 10**9), min_size=1, max_size=40)


def parts(given: list[int]) -> list[Part]:
    return [Part("packages", f"p{number}", size) for number, size in enumerate(sorted(given, reverse=True))]


@given(sizes)
def test_the_boxes_fill_the_picture_by_their_shares(given: list[int]) -> None:
    placed = boxes(parts(given), 0, 0, 1200, 700)
    assert len(placed) == len(given)
    for box in placed:
        assert box.width * box.height == pytest.approx(1200 * 700 * box.part.size / sum(given), rel=1e-6)
        assert -1e-6 <= box.x <= box.x + box.width <= 1200 + 1e-3
        assert -1e-6 <= box.y <= box.y + box.height <= 700 + 1e-3


@given(sizes)
def test_no_box_lies_on_another(given: list[int]) -> None:
    placed = boxes(parts(given), 0, 0, 1200, 700)
    for number, one in enumerate(placed):
        for other in placed[number + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across < 1e-3 or down < 1e-3


def layer(name: str, folder: Path, files: dict[str, bytes]) -> Layer:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return Layer.of(name, folder)


def test_every_byte_is_somebodys_and_it_says_who_asked_for_it(tmp_path: Path) -> None:
    runtime = layer(
        "runtime",
        tmp_path / "r",
        {
            "lib/libpython3.14.so.1.0": bytes(500),
            "lib/python3.14/json/__init__.py": bytes(30),
            "lib/python3.14/os.py": bytes(20),
            "lib/python3.14/lib-dynload/_ssl.cpython-314-x86_64-linux-gnu.so": bytes(40),
        },
    )
    packages = layer(
        "packages",
        tmp_path / "p",
        {
            "flask/__init__.py": bytes(200),
            "flask-3.1.3.dist-info/METADATA": b"Name: Flask\nRequires-Dist: Werkzeug>=3\nRequires-Dist: x; extra == 'y'\n\n",
            "werkzeug/__init__.py": bytes(100),
            "six.py": bytes(10),
        },
    )
    found = parts_of((runtime, packages))
    assert sum(part.size for part in found) == runtime.size + packages.size
    by_name = {part.name: part for part in found}
    assert by_name["libpython"].size == 500
    assert by_name["stdlib json"].size == 30
    assert by_name["native parts of Python"].size == 40
    assert by_name["werkzeug"].because == ("Flask",)
    assert {"flask", "six"} <= by_name.keys()
    assert found[0].name == "libpython"
    assert "required by Flask" in lines_of(found)


def test_the_picture_is_xml_with_every_part_in_it(tmp_path: Path) -> None:
    picture = picture_of([*parts([5, 3, 1]), Part("app", "<stock> & co", 2)], "Lager <für> Büros 1.0")
    root = ElementTree.fromstring(picture)
    titles = [title.text for title in root.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 4
    assert any("<stock> & co" in str(title) for title in titles)
