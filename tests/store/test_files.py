"""Where the file of a store is."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipflask import Hipflask, Mapped, Store
from hipflask.core.errors import UsageError
from hipflask.store.files import file_of


@pytest.fixture
def app(tmp_path: Path) -> Hipflask:
    return Hipflask("shop", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))


def test_it_is_beside_the_source_while_one_develops(app: Hipflask, tmp_path: Path) -> None:
    assert file_of(app) == tmp_path / "instance" / "shop.sqlite"


def test_it_is_with_the_users_data_in_a_bundle(
    app: Hipflask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "release"
    release.write_text("hipflask=1\nid=com.example.shop\nname=Shop\n")
    monkeypatch.setenv("HIPFLASK_BUNDLE", str(release))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = file_of(app)
    assert file.name == "shop.sqlite"
    assert file.parent.name == "com.example.shop"
    assert tmp_path / "instance" not in file.parents


def test_the_environment_and_before_it_the_configuration_say_otherwise(
    app: Hipflask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIPFLASK_STORE", str(tmp_path / "there.sqlite"))
    assert file_of(app) == tmp_path / "there.sqlite"
    app.config["STORE"] = "here.sqlite"
    assert file_of(app) == tmp_path / "here.sqlite"


@pytest.mark.parametrize("wrong", [":memory:", "sqlite:///shop.db", 7])
def test_what_is_no_file_is_refused(app: Hipflask, wrong: object) -> None:
    app.config["STORE"] = wrong
    with pytest.raises(UsageError, match=r"takes the path of a file.*app\.config\['STORE'\]"):
        file_of(app)


def test_folders_are_made_on_the_way(app: Hipflask, tmp_path: Path) -> None:
    app.config["STORE"] = "a/b/shop.sqlite"
    db = Store(app)

    class Item(db.Model):
        name: Mapped[str]

    Item.create(name="Bolt")
    assert (tmp_path / "a" / "b" / "shop.sqlite").exists()
    db.close()
