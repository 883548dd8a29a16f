"""One module of a Chalice app: what becomes of each thing that it may say."""

from __future__ import annotations

import pytest

from hipflask.devtools.from_chalice.convert import convert
from hipflask.devtools.from_chalice.routes import rule_of
from hipflask.devtools.from_chalice.settings import convert_config, convert_policy, convert_requirements

HEAD = "from chalice import Chalice\napp = Chalice(app_name='x')\n"


def converted(text: str) -> str:
    """The module that comes of one."""
    return convert(text.encode(), "app.py")[0].decode()


def body(text: str) -> str:
    """What comes of the lines after the app."""
    return converted(HEAD + text).partition("Hipflask(__name__)\n")[2]


def said(text: str) -> list[str]:
    """What a person is told to do."""
    return [each.sentence for each in convert(text.encode(), "app.py")[1] if each.is_open]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/", "/"),
        ("/a/{id}", "/a/<id>"),
        ("/{a}/x/{b}", "/<a>/x/<b>"),
        ("/files/{proxy+}", "/files/<path:proxy>"),
    ],
)
def test_a_path_is_a_rule(path: str, rule: str) -> None:
    """Names in braces stand in angles."""
    assert rule_of(path) == rule


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@app.route('/a')\ndef a():\n    return {}\n", "@app.route('/a')\ndef a():\n    return {}\n"),
        ("@app.route('/a')\ndef a():\n    return x\n", "@app.route('/a')\n@as_chalice()\ndef a():\n    return x\n"),
        (
            '@app.route("/a/{b}", methods=["PUT"], name="c", api_key_required=False)\ndef a(b):\n    return {}\n',
            '@app.route("/a/<b>", methods=["PUT"], endpoint="c")\n@as_chalice()\ndef a(b):\n    return {}\n',
        ),
        (
            "@app.route('/a', cors=True)\n@app.route('/b', cors=True)\ndef a():\n    return {}\n",
            "@app.route('/a')\n@app.route('/b')\n@as_chalice(cors=True)\ndef a():\n    return {}\n",
        ),
        (
            "@app.route('/a')\ndef a():\n    if x:\n        return {}\n",
            "@app.route('/a')\n@as_chalice()\ndef a():\n    if x:\n        return {}\n",
        ),
        (
            "@app.route('/a')\ndef a():\n    return {'n': price}\n",
            "@app.route('/a')\n@as_chalice()\ndef a():\n    return {'n': price}\n",
        ),
    ],
)  # fmt: skip
def test_a_view_is_one_of_flasks(old: str, new: str) -> None:
    """Plain where Flask sends the same by itself; a Decimal in a dict would be another JSON."""
    assert body(old).endswith(new), body(old)


def test_a_variable_that_holds_the_request_goes() -> None:
    """If all that is done with it has a counterpart."""
    old = "def a():\n    request = app.current_request\n    return request.json_body, request.query_params.get('x')\n"
    assert body(old) == (
        "def a():\n    return (request.get_json() if request.is_json else None), request.args.get('x')\n"
    )


def test_a_variable_of_which_more_is_made_stays() -> None:
    """It has all of Chalice's names."""
    old = "def a():\n    r = app.current_request\n    r.whatever()\n    return r.method\n"
    assert body(old) == "def a():\n    r = current_request\n    r.whatever()\n    return r.method\n"


def test_flasks_request_does_not_hide_another() -> None:
    """A module may have its own of this name."""
    new = converted(HEAD + "def a(request):\n    return app.current_request.method\n")
    assert "from flask import request as flask_request" in new
    assert "return flask_request.method" in new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("f'é {app.current_request.method}!'", "f'é {request.method}!'"),
        ("f'app.current_request.method {app.current_request.method}'", "f'app.current_request.method {request.method}'"),
        ("f\"\"\"\n  ü{1} {app.current_request.method!r:>10}\"\"\"", "f\"\"\"\n  ü{1} {request.method!r:>10}\"\"\""),
        ("('a'\n      f'{app.current_request.method}')", "('a'\n      f'{request.method}')"),
    ],
)  # fmt: skip
def test_what_stands_in_a_text_is_changed_too(old: str, new: str) -> None:
    """At its own place, whatever else is in the text."""
    assert body(f"def a():\n    return {old}\n") == f"def a():\n    return {new}\n"


@pytest.mark.parametrize(
    ("old", "sentence"),
    [
        ("def a():\n    return app.lambda_context.aws_request_id\n", "lambda_context is not there"),
        ("def a():\n    return app.current_request.stage_vars\n", "there are no stage variables"),
        ("P = '/{a}'\n@app.route(P)\ndef a(a):\n    return {}\n", "P is no text here"),
        ("@app.route('/a', api_key_required=True)\ndef a():\n    return {}\n", "api_key_required has no counterpart"),
        ("@app.on_ws_message()\ndef a(event): ...\n", "no websockets"),
        ("import chalice\ndef a(): raise chalice.WebsocketDisconnectedError('x')\n", "no websockets"),
        (
            "from chalice import IAMAuthorizer\n@app.route('/a', authorizer=IAMAuthorizer())\ndef a():\n    return {}\n",
            "NOT protected",
        ),
        ("from chalice import IAMAuthorizer\nauth = IAMAuthorizer()\n@app.route('/a', authorizer=auth)\ndef a():\n    return {}\n", "NOT protected"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_said_at_its_place(old: str, sentence: str) -> None:
    """In the text, above the statement, and in the report; and what is there can be read by Python."""
    new = converted(HEAD + old)
    assert any(sentence in line for line in new.splitlines() if line.strip().startswith("# TODO(hipflask): "))
    assert any(sentence in each for each in said(HEAD + old))
    compile(new, "app.py", "exec")


def test_an_app_that_allows_every_page_says_so_at_each_route() -> None:
    """`app.api.cors` holds for those that say nothing themselves."""
    old = "app.api.cors = True\n@app.route('/a')\ndef a():\n    return {}\n@app.route('/b', cors=False)\ndef b():\n    return {}\n"
    new = body(old)
    assert "# app.api.cors = True" in new
    assert new.count("@as_chalice(cors=True)") == 1 and new.index("cors=True)\ndef a") < new.index("def b")


def test_a_block_is_never_left_empty() -> None:
    """Python would refuse it."""
    new = converted(HEAD + "if True:\n    app.experimental_feature_flags.update(['WEBSOCKETS'])\n")
    compile(new, "app.py", "exec")
    assert "    pass\n" in new


def test_other_modules_names_stay(tmp_path: object) -> None:
    """`import chalice` among others, names of one's own, and modules that have nothing to do with it."""
    new = converted("import os, chalice\napp = chalice.Chalice('x')\nraise chalice.NotFoundError(os.name)\n")
    assert "import os; from hipflask import Hipflask\nfrom chalice_ways import NotFoundError\n" in new
    assert new.endswith("app = Hipflask(__name__)\nraise NotFoundError(os.name)\n")
    assert converted("import os\nx = 1  # é\n") == "import os\nx = 1  # é\n"


def test_windows_ends_of_lines_and_a_byte_order_mark_are_kept() -> None:
    """Nothing but what is changed is touched."""
    old = "\ufefffrom chalice import Chalice\r\napp = Chalice('x')\r\n\r\n@app.route('/{a}')\r\ndef a(a):\r\n    return {}\r\n"
    new = converted(old)
    assert new.startswith("\ufefffrom hipflask import Hipflask\r\napp = Hipflask(__name__)\r\n")
    assert new.endswith("@app.route('/<a>')\r\ndef a(a):\r\n    return {}\r\n")
    several = converted(old.replace("{}\r\n", "x\r\n"))
    assert several.count("\r\n") == several.count("\n")


# ── settings ──────────────────────────────────────────────────────────────────────────────────────


def test_a_domain_and_a_network_are_settings() -> None:
    """In their own tables."""
    said = {
        "api_gateway_custom_domain": {"domain_name": "shop.example.com", "certificate_arn": "arn:aws:acm:x"},
        "subnet_ids": ["s"], "security_group_ids": ["g"],
    }  # fmt: skip
    made = convert_config(said)
    assert made.tables == {
        "domain": {"name": "shop.example.com", "certificate": "arn:aws:acm:x"},
        "vpc": {"subnets": ["s"], "security-groups": ["g"]},
    }
    assert made.remarks == []


def test_a_value_that_may_be_a_secret_is_told_of() -> None:
    """It was in a file before, and is in one now; numbers are texts there."""
    made = convert_config({"stages": {"dev": {"environment_variables": {"STRIPE_API_KEY": "x", "PAGE": 10}}}})
    assert made.tables["stages"]["dev"]["environment"] == {"STRIPE_API_KEY": "x", "PAGE": "10"}
    assert len(made.remarks) == 1
    assert "STRIPE_API_KEY" in made.remarks[0] and "x" not in made.remarks[0].split()


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ({"Action": "a:B", "Resource": "arn:x"}, 'app.allow("a:B", "arn:x")'),
        (
            {"Action": ["a:B", "c:D"], "Resource": ["arn:x", "arn:y"]},
            'app.allow(["a:B", "c:D"], "arn:x", "arn:y")',
        ),
        ({"Action": ["logs:PutLogEvents", "a:B"], "Resource": "*"}, 'app.allow("a:B", "*")'),
    ],
)
def test_a_permission_is_declared(statement: dict[str, object], line: str) -> None:
    """As the app's code says it."""
    made = convert_policy({"Statement": [{"Effect": "Allow", **statement}]}, "app")
    assert (made.lines, made.remarks) == ([line], [])


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Deny", "Action": "a:B", "Resource": "*"},
        {"Effect": "Allow", "Action": "a:B", "Resource": "*", "Condition": {"Bool": {}}},
        {"Effect": "Allow", "NotAction": "a:B", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ],
)
def test_what_would_allow_more_than_it_says_is_left_to_a_person(statement: dict[str, object]) -> None:
    """A condition that is lost is a right that nobody gave."""
    made = convert_policy({"Statement": [statement]}, "app")
    assert made.lines == []
    assert len(made.remarks) == 1


def test_requirements_are_dependencies() -> None:
    """But for Chalice, and for what a pyproject.toml cannot say."""
    made = convert_requirements(
        "chalice>=1\nboto3==1.40  # AWS\n\n# more\nrequests[security]>=2; python_version > '3'\n--hash x\n"
    )
    assert made.lines == ["boto3==1.40", "requests[security]>=2; python_version > '3'"]
    assert made.remarks == ["'--hash x' is no requirement that a pyproject.toml can have."]
