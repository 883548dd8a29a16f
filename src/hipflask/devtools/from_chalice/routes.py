"""Chalice's routes as Flask's: the rule, the keywords, and what the view's answer needs to be what it was.

Chalice sends whatever a view returns as JSON, a text as it is, and says that it is JSON; it refuses bodies of other content
types than the route names. Where a view only ever returns a dict or a list, and takes no body, Flask does the same.
"""

from __future__ import annotations

import ast
import re

from .edits import Source
from .names import Names

AS_CHALICE = "as_chalice"
_PARAMETER = re.compile(r"\{(\w+)(\+?)\}")
_WITHOUT_A_BODY = {"GET", "HEAD", "DELETE"}
# Of the others `as_chalice` takes these two, and Flask knows `methods`; `authorizer` is an app's function.
_OF_THE_ANSWER = ("cors", "content_types")
_SIMPLE_CALLS = ("bool", "float", "int", "len", "str")
_API_KEY = (
    "api_key_required has no counterpart: API keys are REST API's. Ask for a token, with an authorizer, "
    "or the function can be called by anybody."
)


def rule_of(path: str) -> str:
    """Flask's rule for a path of Chalice: "/files/{name}/{rest+}" is "/files/<name>/<path:rest>"."""
    return _PARAMETER.sub(lambda found: f"<{'path:' if found[2] else ''}{found[1]}>", path)


def convert_routes(source: Source, names: Names, view: ast.FunctionDef, cors_of_app: str) -> set[str]:
    """Change the routes of one view; returns the names of `chalice_ways` that it needs now."""
    calls = [
        each
        for each in view.decorator_list
        if isinstance(each, ast.Call) and names.of_app(each.func) == "route"
    ]
    if not calls:
        return set()
    answers = {_convert(source, names, view, call, cors_of_app) for call in calls}
    if len(answers) > 1:
        source.todo(view, "these routes differ in cors or content_types; the last one's hold for all.")
    if is_plain(view) and answers == {""} and all(_methods(call) <= _WITHOUT_A_BODY for call in calls):
        return set()
    last = calls[-1]
    answer = _convert_answer(source, last, cors_of_app)
    source.below(last.end_lineno or last.lineno, f"{' ' * (last.col_offset - 1)}@{AS_CHALICE}({answer})")
    return {AS_CHALICE}


def is_plain(view: ast.FunctionDef) -> bool:
    """Whether a view only ever returns what Flask sends as Chalice does, on every path.

    That is a dict or a list, written out, of texts, numbers and the like: of others, such as a Decimal, they make different JSON.
    """
    returns, texts = list(_returns(view)), {each.arg for each in view.args.args}
    return (
        bool(returns)
        and _ends(view.body)
        and all(
            isinstance(each.value, (ast.Dict, ast.List)) and _is_simple(each.value, texts) for each in returns
        )
    )


def _is_simple(value: ast.expr | None, texts: set[str]) -> bool:
    """Whether an expression can be seen to be simple JSON; `texts` are variables that hold a text."""
    if isinstance(value, ast.Dict):
        return all(_is_simple(each, texts) for each in (*value.keys, *value.values))
    if isinstance(value, ast.List):
        return all(_is_simple(each, texts) for each in value.elts)
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in _SIMPLE_CALLS
    if isinstance(value, ast.Name):
        return value.id in texts
    return isinstance(value, (ast.Constant, ast.JoinedStr, ast.Compare)) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not)
    )


def _convert(source: Source, names: Names, view: ast.FunctionDef, call: ast.Call, cors_of_app: str) -> str:
    """Change one decorator; returns what it says of the answer, as arguments of `as_chalice`."""
    parts = []
    path = (
        call.args[0]
        if call.args
        else next((each.value for each in call.keywords if each.arg == "path"), None)
    )
    if isinstance(path, ast.Constant) and isinstance(path.value, str):
        parts.append(_like(source.of(path), rule_of(path.value)))
    elif path is not None:
        parts.append(source.of(path))
        source.todo(view, f"{source.of(path)} is no text here: write <name> for each {{name}} in it.")
    for keyword in call.keywords:
        if keyword.arg == "name":
            parts.append(f"endpoint={source.of(keyword.value)}")
        elif keyword.arg == "authorizer" and _is_foreign(names, keyword.value):
            source.todo(
                view, "the route is NOT protected now: its authorizer has no counterpart, see the report."
            )
        elif keyword.arg == "api_key_required":
            source.todo(view, _API_KEY)
        elif keyword.arg not in (*_OF_THE_ANSWER, "path"):
            parts.append(source.of(keyword))
    new = f"{source.of(call.func)}({', '.join(parts)})"
    if new != source.of(call):
        source.replace(call, new)
    return _convert_answer(source, call, cors_of_app)


def _convert_answer(source: Source, call: ast.Call, cors_of_app: str) -> str:
    said = {each.arg: source.of(each.value) for each in call.keywords if each.arg in _OF_THE_ANSWER}
    if cors_of_app and said.get("cors", "None") == "None":
        said["cors"] = cors_of_app
    usual = ("None", "False", "['application/json']", '["application/json"]')
    said = {key: value for key, value in said.items() if value not in usual}
    return ", ".join(f"{key}={value}" for key, value in sorted(said.items()))


def _is_foreign(names: Names, value: ast.expr) -> bool:
    """Whether an authorizer is not a function of the app: one of Amazon's, or another Lambda."""
    return not isinstance(value, ast.Name) or value.id in names.foreign_authorizers


def _methods(call: ast.Call) -> set[str]:
    said = next((each.value for each in call.keywords if each.arg == "methods"), None)
    if said is None:
        return {"GET"}
    try:
        return {str(each) for each in ast.literal_eval(said)}
    except ValueError:
        return {"?"}


def _like(written: str, text: str) -> str:
    """A text in the quotes that another has."""
    quote = '"' if written.endswith('"') else "'"
    return f"{quote}{text}{quote}" if quote not in text and "\\" not in text else repr(text)


def _returns(view: ast.AST) -> list[ast.Return]:
    """The returns of a function itself, not of those within it; a generator counts as one that is not plain."""
    found = []
    for node in ast.iter_child_nodes(view):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        found += [node] if isinstance(node, ast.Return) else _returns(node)
    return found


def _ends(body: list[ast.stmt]) -> bool:
    """Whether no path through these statements runs off their end."""
    last = body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return True
    if isinstance(last, ast.If):
        return bool(last.orelse) and _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With):
        return _ends(last.body)
    if isinstance(last, ast.Try):
        return all(_ends(block) for block in (last.body, *(each.body for each in last.handlers)))
    return False
