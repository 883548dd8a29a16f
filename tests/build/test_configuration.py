"""What a project says of itself, and what stands in for the rest."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from hipflask.build.reading.configuration import read_project
from hipflask.core.errors import BuildError

HELLO = "from hipflask import Hipflask, ui\napp = Hipflask(__name__)\napp.run()\n"
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def stock(tmp_path: Path) -> Path:
    """A project that says everything."""
    (tmp_path / "stock.py").write_text("from hipflask import Hipflask, Store\n")
    (tmp_path / "icon.png").write_bytes(PICTURE)
    (tmp_path / "hipflask-root.json").write_text("{}")
    (tmp_path / "pyproject.toml").write_text("""
[project]
name = "stock"
version = "1.4.0"
description = "What is on the shelves."
authors = [{ name = "Example Ltd" }]
dependencies = ["hipflask[markdown]>=0.1", "humanize>=4"]
urls = { Home = "https://example.com/stock" }

[tool.hipflask]
app = "stock:app"
id = "com.example.stock"
name = "Lager für Büros"
icon = "icon.png"
schemes = ["stock"]
file-types = [{ extension = ".stock", name = "Stock list", opens = "/import" }]
autostart = true
updates = { url = "https://example.com/stock/", channel = "beta" }
hooks = { sign-windows = "sign {file}" }
""")
    return tmp_path


def test_everything_that_is_said_arrives(stock: Path) -> None:
    project = read_project(None, stock)
    assert (project.app, project.id, project.name, project.program) == (
        "stock:app",
        "com.example.stock",
        "Lager für Büros",
        "lager-fur-buros",
    )
    assert (project.version, project.publisher, project.homepage) == (
        "1.4.0",
        "Example Ltd",
        "https://example.com/stock",
    )
    assert project.requires == ("humanize>=4",)
    assert project.extras == ("markdown",)
    assert project.store
    assert project.updates is not None
    assert (project.updates.url, project.updates.channel) == ("https://example.com/stock", "beta")
    assert project.file_types[0].mime == "application/x-stock"
    assert project.hooks == {"sign-windows": "sign {file}"}
    assert project.files == ("icon.png", "stock.py")


def test_a_script_says_nothing_and_is_a_program_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "hello_you.py").write_text(HELLO + "import click\n")
    project = read_project("hello_you.py", tmp_path)
    assert (project.app, project.name, project.id, project.version) == (
        "hello_you",
        "Hello you",
        "hipflask.hello-you",
        "0.1.0",
    )
    assert project.requires == (f"click=={version('click')}",)
    assert project.lock == "hello_you.lock"
    assert not project.store
    assert read_project("hello_you.py", tmp_path, name="Hej", version="2.0").program == "hej"


def test_a_script_may_name_its_packages_in_itself(tmp_path: Path) -> None:
    """As PEP 723 has it, and as uv and pipx run it."""
    (tmp_path / "app.py").write_text(
        '# /// script\n# dependencies = ["hipflask[markdown]", "humanize<5"]\n# ///\n' + HELLO
    )
    project = read_project(None, tmp_path)
    assert project.requires == ("humanize<5",)
    assert project.extras == ("markdown",)


def test_a_package_in_a_src_folder_is_found(tmp_path: Path) -> None:
    package = tmp_path / "src" / "stock"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(HELLO)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "stock"\nversion = "3"\n[tool.hipflask]\napp = "stock"\n'
    )
    project = read_project(None, tmp_path)
    assert (project.source, project.files, project.version) == (tmp_path / "src", ("stock/__init__.py",), "3")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('id = "Stock"', "id 'Stock' cannot be"),
        ('id = "../x.y"', "cannot be"),
        ('version = "1.0rc1"', "numbers with dots"),
        ('name = "a\\nb"', "one line"),
        ("schemes = ['https']", "a word of your own"),
        ("icon = 'no.png'", "is not there"),
        ("colour = 'red'", "unknown field `colour`"),
        ("autostart = 'yes'", "Expected `bool`, got `str`"),
        ("updates = { url = 'http://example.com' }", "begins with https://"),
        ("updates = { url = 'https://example.com' }", "`hipflask keys make` makes it"),
        ("hooks = { sign-windows = 'signtool sign' }", "does not say where the file goes"),
        ("file-types = [{ extension = 'x', name = 'X', opens = '/' }]", "Write, say"),
        ("name = ", "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "app.py").write_text(HELLO)
    (tmp_path / "pyproject.toml").write_text(f"[tool.hipflask]\n{line}\n")
    with pytest.raises(BuildError, match=sentence.replace("(", r"\(")):
        read_project(None, tmp_path)


def test_where_there_is_no_program_it_asks_which(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="Which program"):
        read_project(None, tmp_path)
    with pytest.raises(BuildError, match="no program 'stock'"):
        read_project("stock", tmp_path)
