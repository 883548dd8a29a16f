"""Changes to a text by the positions of its syntax: everything between them stays as somebody wrote it."""

from __future__ import annotations

import ast
import codecs
from typing import NamedTuple


class Remark(NamedTuple):
    """Something that a person should look at: the line is that of the old file."""

    line: int
    sentence: str
    is_open: bool = True  # it does not work as it did before; else it is only good to know


class _Edit(NamedTuple):
    start: int
    end: int
    order: int
    text: bytes


class Source:
    """A module's text with its tree, and the changes to it that have been asked for."""

    def __init__(self, text: bytes, name: str) -> None:
        # Positions are counted from behind the mark that some editors begin a file with.
        self.mark, self.text = (
            (codecs.BOM_UTF8 if text.startswith(codecs.BOM_UTF8) else b""),
            text.removeprefix(codecs.BOM_UTF8),
        )
        self.tree = ast.parse(self.text, name)
        self.remarks: list[Remark] = []
        self.parents = {
            child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)
        }
        self._edits: list[_Edit] = []
        self._todos: set[tuple[int, str]] = set()
        # The positions of `ast` are lines, and bytes of UTF-8 within them.
        self._begins = [0]
        for line in self.text.splitlines(keepends=True):
            self._begins.append(self._begins[-1] + len(line))

    def of(self, node: ast.AST) -> str:
        """What stands there."""
        start, end = self._span(node)
        return self.text[start:end].decode()

    def replace(self, node: ast.AST, by: str) -> None:
        """Put something in the place of a node."""
        start, end = self._span(node)
        self._edit(start, end, by)

    def after(self, node: ast.AST, more: str) -> None:
        """Put something directly behind a node, on its line."""
        _, end = self._span(node)
        self._edit(end, end, more)

    def above(self, line: int, more: str) -> None:
        """Put a whole line above a line, indented as that is."""
        begin = self._begins[line - 1]
        there = self.text[begin : self._begins[line]]
        indent = there[: len(there) - len(there.lstrip())].decode().rstrip("\r\n")
        self._edit(begin, begin, f"{indent}{more}\n")

    def below(self, line: int, more: str) -> None:
        """Put whole lines below a line, not indented."""
        begin = self._begins[line]
        lead = "" if self.text[begin - 1 : begin] == b"\n" else "\n"
        self._edit(begin, begin, f"{lead}{more}\n")

    def remove(self, statement: ast.stmt) -> None:
        """Take a statement away, with its line if nothing else is on it."""
        start, end = self._span(statement)
        line, next_line = (
            self._begins[statement.lineno - 1],
            self._begins[statement.end_lineno or statement.lineno],
        )
        has_lines = not self.text[line:start].strip() and not self.text[end:next_line].strip()
        if has_lines and not self._is_alone(statement):
            self._edit(line, next_line, "")
        else:
            self._edit(start, end, "pass")

    def comment_out(self, node: ast.stmt | ast.expr, why: str) -> None:
        """Make a statement or a decorator a comment, with the reason above it."""
        self.above(node.lineno, f"# {why}")
        if isinstance(node, ast.stmt) and self._is_alone(node):
            self.above(node.lineno, "pass")
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            begin, end = self._begins[number - 1], self._begins[number]
            line = self.text[begin:end]
            at = begin + len(line) - len(line.lstrip())
            self._edit(at, at, "# ")

    def todo(self, node: ast.expr | ast.stmt, sentence: str) -> None:
        """Say above the statement of a node what a person has to do there, and in the report."""
        line = self._line_of(node)
        if (line, sentence) not in self._todos:
            self._todos.add((line, sentence))
            self.above(line, f"# TODO(hipflask): {sentence}")
            self.remarks.append(Remark(node.lineno, sentence))

    def note(self, node: ast.expr | ast.stmt, sentence: str) -> None:
        """Say in the report what is good to know."""
        self.remarks.append(Remark(node.lineno, sentence, is_open=False))

    def changed(self) -> bytes:
        """The text with all changes."""
        new, at = b"", 0
        for edit in sorted(self._edits, key=lambda edit: (edit.start, edit.end, edit.order)):
            if edit.start < at:
                raise AssertionError(f"Two changes meet at byte {edit.start}.")
            new += self.text[at : edit.start] + edit.text
            at = edit.end
        return self.mark + new + self.text[at:]

    def _edit(self, start: int, end: int, text: str) -> None:
        new = text.replace("\n", "\r\n") if b"\r\n" in self.text else text
        self._edits.append(_Edit(start, end, len(self._edits), new.encode()))

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.alias))
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._begins[node.lineno - 1] + node.col_offset
        return start, self._begins[node.end_lineno - 1] + node.end_col_offset

    def _line_of(self, node: ast.AST) -> int:
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        return min([node.lineno, *(each.lineno for each in decorators)])

    def _is_alone(self, statement: ast.stmt) -> bool:
        """Whether nothing is left of a block without this statement."""
        for parent in ast.walk(self.tree):
            for block in ("body", "orelse", "finalbody"):
                if getattr(parent, block, None) == [statement] and not isinstance(parent, ast.Module):
                    return True
        return False
