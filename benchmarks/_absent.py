"""The package as it would be if nobody could look inside: a copy in which `tracing.sinks` is an empty tuple wherever it stands.

    folder = make(Path("/tmp/…"))      folder / "hipflask": a server with PYTHONPATH=folder runs it

Python's compiler then leaves out what stands behind `if tracing.sinks:`, and a `with tracing.span(…):` becomes a plain block. So what
is measured beside it is what being able to look costs where nobody does.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import hipflask

SOURCE = Path(hipflask.__file__).parent


def make(folder: Path) -> Path:
    """Copy the package into a folder, without what tells; returns the folder."""
    copy = folder / "hipflask"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for file in copy.rglob("*.py"):
        text = file.read_text("utf-8")
        if "tracing." in text and file.name != "tracing.py":
            file.write_text(without(text), "utf-8")
    return folder


def without(text: str) -> str:
    """The same code, where nobody looks and nobody ever will."""
    return ast.unparse(ast.fix_missing_locations(_Blind().visit(ast.parse(text))))


class _Blind(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.Tuple([], ast.Load()) if _is(node, "sinks") else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        return node if not _is_empty(node.test) else node.orelse or [ast.Pass()]

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return node if not _is_empty(node.test) else node.orelse

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        is_false = isinstance(node.op, ast.And) and _is_empty(node.values[0])
        return ast.Tuple([], ast.Load()) if is_false else node

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        spans = [item for item in node.items if _is_span(item)]
        node.items = [item for item in node.items if item not in spans]
        nobody = [
            ast.Assign([item.optional_vars], ast.Constant(None))
            for item in spans
            if item.optional_vars is not None
        ]
        return [*nobody, node] if node.items else [*nobody, *node.body]


def _is(node: ast.AST, name: str) -> bool:
    is_tracing = (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "tracing"
    )
    return is_tracing and node.attr == name  # type: ignore[attr-defined]


def _is_empty(node: ast.AST) -> bool:
    return isinstance(node, ast.Tuple) and not node.elts


def _is_span(item: ast.withitem) -> bool:
    return isinstance(item.context_expr, ast.Call) and _is(item.context_expr.func, "span")
