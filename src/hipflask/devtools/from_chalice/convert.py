"""One module of a Chalice app, as a text, to the module that it becomes: `chalice.…` gone, everything else in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...core.errors import UsageError
from .edits import Remark, Source
from .names import LACKING, OF_EVENTS, OF_HIPFLASK, OF_WAYS, WAYS, Names, assigned_calls, is_chalice
from .requests import convert_requests
from .routes import convert_routes

# The decorators whose functions Chalice calls with one event; it is named by a type hint here.
_EVENT_OF = {
    "authorizer": "AuthRequest",
    "on_cw_event": "CloudWatchEvent",
    "on_dynamodb_record": "DynamoDBEvent",
    "on_kinesis_record": "KinesisEvent",
    "on_s3_event": "S3Event",
    "on_sns_message": "SNSEvent",
    "on_sqs_message": "SQSEvent",
    "schedule": "CloudWatchEvent",
}
_OF_STACK = {"on_sqs_message": ("queue", "queue_arn"), "on_sns_message": ("topic", "topic")}
_WEBSOCKETS = ("on_ws_connect", "on_ws_disconnect", "on_ws_message")
_NO_WEBSOCKETS = "There are no websockets on Lambda: this function is not called by anybody."
# Statements about an app that mean nothing here; `api.cors` is read before.
_NEEDLESS = {
    "api.binary_types": "Any answer may be binary here.",
    "api.cors": "The routes below say it themselves.",
    "experimental_feature_flags": "There are no such flags here.",
    "websocket_api": "There are no websockets on Lambda.",
}
_NOT_OF_FLASK = ("configure_logs", "env")


def convert(text: bytes, name: str) -> tuple[bytes, list[Remark]]:
    """The module `text`, called `name` in errors, as one of Hipflask; and what is to be said about it."""
    try:
        source = Source(unqualified(Source(text, name)), name)
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{name} cannot be read as Python: {error}.") from error
    names = Names.of(source.tree)
    if not names.is_of_chalice:
        return text, []
    needed: dict[str, set[str]] = {"hipflask": set(), "flask": set(), WAYS: set()}
    cors = _cors_of_app(source, names)
    needed["flask"], needed[WAYS] = convert_requests(source, names)
    for function in _functions(source.tree):
        needed[WAYS] |= convert_routes(source, names, function, cors)
        needed["hipflask"] |= _convert_handler(source, names, function)
    for _, call in assigned_calls(source.tree):
        _convert_app(source, names, call)
    _convert_others(source, names, needed)
    _convert_imports(source, names, needed)
    return source.changed(), sorted(source.remarks)


def unqualified(source: Source) -> bytes:
    """The same with `from chalice import X` and X in the place of `import chalice` and `chalice.X`."""
    names, used = Names.of(source.tree), set[str]()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and (meant := names.meant(node)):
            used.add(meant)
            source.replace(node, meant)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import) and any(alias.name == "chalice" for alias in node.names):
            others = [source.of(alias) for alias in node.names if alias.name != "chalice"]
            first = f"import {', '.join(others)}; " if others else ""
            source.replace(node, f"{first}from chalice import {', '.join(sorted(used)) or 'Chalice'}")
    return source.changed()


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


# ── the app ───────────────────────────────────────────────────────────────────────────────────────


def _convert_app(source: Source, names: Names, call: ast.Call) -> None:
    meant = names.meant(call.func)
    if meant == "Chalice":
        source.replace(call, "Hipflask(__name__)")
        debug = next((each.value for each in call.keywords if each.arg == "debug"), None)
        if debug is not None:
            target = next(name for name, each in assigned_calls(source.tree) if each is call)
            source.below(call.end_lineno or call.lineno, f"{target}.debug = {source.of(debug)}")
        for keyword in call.keywords:
            if keyword.arg in _NOT_OF_FLASK:
                source.note(
                    call, f"{keyword.arg} means nothing here: Flask's logger writes to Lambda's log as it is."
                )
    elif meant == "Blueprint":
        target = next(name for name, each in assigned_calls(source.tree) if each is call)
        source.replace(call, f'Blueprint("{target}", {", ".join(source.of(each) for each in call.args)})')


def _cors_of_app(source: Source, names: Names) -> str:
    """What `app.api.cors = …` says, "" where nothing does."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and _path_on_app(names, node.targets[0]) == "api.cors":
            return source.of(node.value)
    return ""


def _path_on_app(names: Names, node: ast.expr) -> str:
    """ "api.binary_types" for app.api.binary_types, "" for what is not an app's."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        if isinstance(node.value, ast.Name) and node.value.id in names.apps | names.blueprints:
            return ".".join(parts)
        node = node.value
    return ""


# ── handlers of events ────────────────────────────────────────────────────────────────────────────


def _convert_handler(source: Source, names: Names, function: ast.FunctionDef) -> set[str]:
    """Change one handler's decorators and hints; returns what it needs of `hipflask`."""
    needed = set[str]()
    for decorator in function.decorator_list:
        kind = names.of_app(decorator.func) if isinstance(decorator, ast.Call) else None
        if kind in _WEBSOCKETS:
            source.comment_out(decorator, f"TODO(hipflask): {_NO_WEBSOCKETS}")
            source.remarks.append(Remark(decorator.lineno, _NO_WEBSOCKETS))
        elif kind in _EVENT_OF and isinstance(decorator, ast.Call):
            needed |= _hint(source, function, _EVENT_OF[kind])
            _say_whose(source, decorator, kind)
    return needed


def _hint(source: Source, function: ast.FunctionDef, event: str) -> set[str]:
    """Have the first parameter say that it takes the event as a whole."""
    if not function.args.args or function.args.args[0].annotation is not None:
        return set()
    source.after(function.args.args[0], f": events.{event}")
    return {"events"}


def _say_whose(source: Source, decorator: ast.Call, kind: str) -> None:
    keyword, instead = _OF_STACK.get(kind, ("", ""))
    said = {each.arg: each.value for each in decorator.keywords}
    value = said.get(keyword, decorator.args[0] if decorator.args else None)
    if (
        not keyword
        or value is None
        or (isinstance(value, ast.Constant) and str(value.value).startswith("arn:"))
    ):
        return
    source.remarks.append(
        Remark(
            decorator.lineno,
            f"{keyword}={source.of(value)} names one that exists in Chalice, and here one that is made with the app. For the one "
            f'that exists, write {instead}="arn:aws:…".',
        )
    )


# ── everything else ───────────────────────────────────────────────────────────────────────────────


def _convert_others(source: Source, names: Names, needed: dict[str, set[str]]) -> None:
    """What is left of Chalice's names, and of an app's attributes."""
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)):
            _leave_out_needless(source, names, node)
        if isinstance(node, ast.expr) and names.of_app(node) in ("log", "lambda_context", "current_app"):
            _convert_attribute(source, names, node, needed)
        if isinstance(node, ast.expr) and (meant := names.meant(node)):
            _convert_name(source, node, meant, needed)
        if isinstance(node, ast.Call) and names.of_app(node.func) == "register_blueprint":
            for keyword in node.keywords:
                if keyword.arg == "name_prefix":
                    source.note(
                        node,
                        "name_prefix stands before Flask's endpoints, and not before the names of functions.",
                    )
                    source.replace(keyword, f"name={source.of(keyword.value)}")


def _leave_out_needless(source: Source, names: Names, node: ast.Assign | ast.AugAssign | ast.Expr) -> None:
    if isinstance(node, ast.Expr):
        what = node.value.func if isinstance(node.value, ast.Call) else node.value
    else:
        what = node.targets[0] if isinstance(node, ast.Assign) else node.target
    path = _path_on_app(names, what)
    for known, why in _NEEDLESS.items():
        if path == known or path.startswith(f"{known}."):
            source.comment_out(node, why)
            source.note(node, why)


def _convert_attribute(source: Source, names: Names, node: ast.expr, needed: dict[str, set[str]]) -> None:
    assert isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    if node.attr == "lambda_context":
        source.todo(
            node, "lambda_context is not there; @app.lambda_function gives it to def f(event, context)."
        )
        return
    needed["flask"].add("current_app")
    is_app = node.value.id in names.apps
    if node.attr == "log" and is_app:
        needed["flask"].discard("current_app")
        source.replace(node, f"{node.value.id}.logger")
    else:
        source.replace(node, "current_app.logger" if node.attr == "log" else "current_app")


def _convert_name(source: Source, node: ast.expr, meant: str, needed: dict[str, set[str]]) -> None:
    if meant in OF_EVENTS:
        needed["hipflask"].add("events")
        source.replace(node, f"events.{meant}")
    elif meant in OF_WAYS:
        needed[WAYS].add(meant)
    elif meant in OF_HIPFLASK:
        needed["hipflask"].add(OF_HIPFLASK[meant])
        if not isinstance(source.parents[node], ast.Call):  # a hint; `_convert_app` has seen to calls
            source.replace(node, OF_HIPFLASK[meant])
    else:
        source.todo(node, f"{meant} has no counterpart: {LACKING.get(meant, 'it is not known here')}.")


# ── imports ───────────────────────────────────────────────────────────────────────────────────────


def _convert_imports(source: Source, names: Names, needed: dict[str, set[str]]) -> None:
    """Put the imports that are needed now in the place of the module's first one of Chalice, and nothing in that of others."""
    old = [node for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom) and is_chalice(node)]
    for node in old:
        _keep_renamed(node, needed)
    # One's own module comes last.
    lines = [
        f"from {module} import {', '.join(sorted(needed[module]))}"
        for module in ("flask", "hipflask", WAYS)
        if needed[module]
    ]
    first = next((node for node in old if node in source.tree.body), None)
    for node in old:
        if node is first and lines:
            source.replace(node, "\n".join(lines))
        else:
            source.remove(node)
    if first is None and lines:
        source.below(_last_import(source.tree), "\n".join(lines))


def _keep_renamed(node: ast.ImportFrom, needed: dict[str, set[str]]) -> None:
    for alias in node.names:
        if alias.asname and alias.name in needed[WAYS]:
            needed[WAYS].discard(alias.name)
            needed[WAYS].add(f"{alias.name} as {alias.asname}")


def _last_import(tree: ast.Module) -> int:
    imports = (each for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom)))
    return max((each.end_lineno or 1 for each in imports), default=1)
