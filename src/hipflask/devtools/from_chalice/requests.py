"""Uses of `app.current_request`: as Flask's `request` where that is the same, else as an object of Chalice's shape.

    app.current_request.json_body              (request.get_json() if request.is_json else None)
    app.current_request.query_params["page"]   request.args["page"]
    helper(app.current_request)                helper(current_request)

A variable that holds it for a function goes, if everything that is done with it has a counterpart.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .edits import Source
from .names import Names

CURRENT = "current_request"
_FLASK, _FLASK_BESIDE_ANOTHER = "request", "flask_request"
# Without arguments there is no query in Chalice, and an empty one in Flask.
_SAME = {
    "headers": "{}.headers",
    "json_body": "({0}.get_json() if {0}.is_json else None)",
    "method": "{}.method",
    "query_params": "({}.args or None)",
    "raw_body": "{}.get_data()",
    "uri_params": "{}.view_args",
}
_ARGUMENTS = "{}.args"
_TWICE = (
    "Of a parameter that is given twice, [] and get have the last value in Chalice and the first in Flask."
)
_LACKING = {
    "context": "context is Amazon's requestContext, of which there is nothing off Lambda.",
    "lambda_context": "lambda_context is not there: a web request may be answered by any server.",
    "stage_vars": "there are no stage variables: use environment in [tool.hipflask.deploy].",
    "to_original_event": "there is no event behind a web request off Lambda.",
}
_Parents = dict[ast.AST, ast.AST]


def convert_requests(source: Source, names: Names) -> tuple[set[str], set[str]]:
    """Change every use; returns what is needed now of Flask, and of `chalice_ways`."""
    parents = source.parents
    every = [
        node for node in ast.walk(source.tree) if isinstance(node, ast.expr) and names.of_app(node) == CURRENT
    ]
    variables = [each for node in every if (each := _variable(node, parents))]
    for assignment, _ in variables:
        source.remove(assignment)
    gone = {assignment.value for assignment, _ in variables}
    uses: list[ast.expr] = [node for node in every if node not in gone]
    uses += [use for _, found in variables for use in found]
    uses += _of_middlewares(source, names)
    called = _name_for_flask(source.tree, {assignment.targets[0] for assignment, _ in variables})
    is_flask = [_convert(source, node, parents, called) for node in uses]
    import_as = _FLASK if called == _FLASK else f"{_FLASK} as {called}"
    return ({import_as} if any(is_flask) else set()), ({CURRENT} if not all(is_flask) else set())


def _convert(source: Source, node: ast.expr, parents: _Parents, called: str) -> bool:
    """Change one use; whether it is one of Flask's `request` now."""
    use = parents[node]
    if isinstance(use, ast.Attribute) and use.attr in _SAME:
        source.replace(use, _of_flask(source, use, parents).format(called))
        return True
    if isinstance(use, ast.Attribute) and use.attr in _LACKING and not _asks_who(parents[use]):
        source.todo(use, _LACKING[use.attr])
    source.replace(node, CURRENT)
    return False


def _of_middlewares(source: Source, names: Names) -> Iterator[ast.expr]:
    """Where a middleware of web requests reads its event, which is the request that is being answered."""
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef) or not function.args.args:
            continue
        kinds = [_middleware_of(names, each) for each in function.decorator_list]
        if "all" in kinds:
            source.note(function, "Of a web request, the event of a middleware for all is Flask's request.")
        if "http" in kinds:
            event = function.args.args[0].arg
            for node in ast.walk(function):
                is_event = isinstance(node, ast.Name) and node.id == event and isinstance(node.ctx, ast.Load)
                if is_event and isinstance(source.parents[node], ast.Attribute):
                    yield node  # type: ignore[misc]


def _middleware_of(names: Names, decorator: ast.expr) -> str:
    """What a middleware stands around: "http", "all"…; "" for other decorators."""
    if not isinstance(decorator, ast.Call) or names.of_app(decorator.func) != "middleware":
        return ""
    said = [*decorator.args, *(each.value for each in decorator.keywords)]
    return str(said[0].value) if said and isinstance(said[0], ast.Constant) else "all"


def _asks_who(around: ast.AST) -> bool:
    """Whether of `context` only that is wanted which there is everywhere: whom the authorizer has let in."""
    return (
        isinstance(around, ast.Subscript)
        and isinstance(around.slice, ast.Constant)
        and around.slice.value == "authorizer"
    )


def _of_flask(source: Source, use: ast.Attribute, parents: _Parents) -> str:
    if use.attr != "query_params":
        return _SAME[use.attr]
    around = parents[use]
    is_one = (isinstance(around, ast.Attribute) and around.attr == "get") or (
        isinstance(around, ast.Subscript) and around.value is use
    )
    if is_one:
        source.note(use, _TWICE)
    is_many = isinstance(around, ast.Attribute) and around.attr == "getlist"
    is_tested = isinstance(around, (ast.If, ast.IfExp)) and around.test is use
    return _ARGUMENTS if is_one or is_many or is_tested else _SAME[use.attr]


def _variable(node: ast.expr, parents: _Parents) -> tuple[ast.Assign, list[ast.Name]] | None:
    """The assignment of a function's variable that a use is, and the variable's uses, if all of them have a counterpart."""
    assignment = parents[node]
    if not isinstance(assignment, ast.Assign) or len(assignment.targets) != 1:
        return None
    target, function = assignment.targets[0], parents[assignment]
    if not isinstance(target, ast.Name) or not isinstance(function, ast.FunctionDef):
        return None
    names = [each for each in ast.walk(function) if isinstance(each, ast.Name) and each.id == target.id]
    uses = [each for each in names if each is not target]
    is_plain = all(
        isinstance(each.ctx, ast.Load)
        and isinstance(parents[each], ast.Attribute)
        and parents[each].attr in _SAME  # type: ignore[attr-defined]
        for each in uses
    )
    return (assignment, uses) if uses and is_plain else None


def _name_for_flask(tree: ast.Module, ignored: Iterable[ast.AST]) -> str:
    """What to call Flask's `request` in a module that may have another thing of this name."""
    return _FLASK_BESIDE_ANOTHER if any(each not in ignored for each in _own_requests(tree)) else _FLASK


def _own_requests(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        is_variable = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == _FLASK
        if is_variable or (isinstance(node, ast.arg) and node.arg == _FLASK):
            yield node
