"""A change of shape as the lines of a migration, which Alembic runs.

    op.add_column("player", sa.Column("age", sa.Integer(), nullable=True))

The types are the file's own (text, whole numbers, bytes), with everything written out: a migration has to mean the same when the
models have long become others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from sqlalchemy.dialects import sqlite

from .shape import Column, Constraint, Index, Table, plain_kind
from .tokens import tokens

_TYPES = {
    "TEXT": "sa.Text()",
    "INTEGER": "sa.Integer()",
    "INT": "sa.Integer()",
    "REAL": "sa.REAL()",
    "BLOB": "sa.LargeBinary()",
}
_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")
_PLAIN_INDEX = re.compile(
    r'\s*CREATE\s+(UNIQUE\s+)?INDEX\s+\S+\s+ON\s+\S+\s*\(((?:\s*(?:\w+|"[\w ]+")\s*,?)+)\)\s*', re.I
)
_REFERENCE = re.compile(r'REFERENCES\s+("[^"]+"|\w+)\s*(?:\(([^)]*)\))?(.*)', re.I | re.S)


def add_table(table: Table) -> list[str]:
    """What makes a table."""
    lines = ["op.create_table(", f"    {text(table.name)},"]
    lines += [f"    {column_of(column)}," for column in table.columns.values()]
    lines += [f"    {constraint_of(each)}," for each in table.constraints]
    if table.is_strict:
        lines.append("    sqlite_strict=True,")
    if not table.has_rowid:
        lines.append("    sqlite_with_rowid=False,")
    return [*lines, ")"]


def drop_table(table: str) -> list[str]:
    """What drops it."""
    return [f"op.drop_table({text(table)})"]


def rename_table(old: str, new: str) -> list[str]:
    """What gives it another name."""
    return [f"op.rename_table({text(old)}, {text(new)})"]


def rename_column(table: str, old: str, new: str) -> list[str]:
    """What gives a column another name."""
    return [f"op.alter_column({text(table)}, {text(old)}, new_column_name={text(new)})"]


def add_column(table: str, column: Column, constraints: Iterable[Constraint]) -> list[str]:
    """What adds a column, with the constraints that are its own."""
    return [f"op.add_column({text(table)}, {column_of(column, constraints)})"]


def convert(table: str, column: str, kind: str, sql: str) -> str:
    """What converts the values of a column."""
    return f"op.convert({text(table)}, {text(column)}, {text(kind)}, {text(sql)})"


def batch(table: str, lines: Iterable[str]) -> list[str]:
    """Several changes of one table, which is written anew for them once."""
    return [f"with op.batch_alter_table({text(table)}) as batch:", *(f"    {line}" for line in lines)]


def in_batch_add(column: Column) -> str:
    """Add a column."""
    return f"batch.add_column({column_of(column)})"


def in_batch_drop(column: str) -> str:
    """Drop a column."""
    return f"batch.drop_column({text(column)})"


def in_batch_alter(old: Column, new: Column) -> str:
    """Change what is said about a column."""
    said = [text(new.name)]
    if old.type != new.type:
        said += [f"existing_type={type_of(old)}", f"type_={type_of(new)}"]
    else:
        said.append(f"existing_type={type_of(old)}")
    if old.is_needed != new.is_needed:
        said.append(f"nullable={not new.is_needed}")
    if old.same != new.same:
        said.append(f"server_default={_sql(new.default) if new.default is not None else None}")
    return f"batch.alter_column({', '.join(said)})"


def in_batch_constrain(constraint: Constraint) -> str:
    """Add a constraint."""
    name = text(constraint.name) if constraint.name else "None"
    columns = ", ".join(map(text, constraint.columns))
    if constraint.kind == "check":
        return f"batch.create_check_constraint(op.f({name}), {_sql(constraint.text)})"
    if constraint.kind == "unique":
        return f"batch.create_unique_constraint(op.f({name}), [{columns}])"
    if constraint.kind == "primary":
        return f"batch.create_primary_key(op.f({name}), [{columns}])"
    target, there, options = reference(constraint)
    return f"batch.create_foreign_key(op.f({name}), {text(target)}, [{columns}], [{', '.join(map(text, there))}]{options})"


def in_batch_free(constraint: Constraint) -> str:
    """Drop a constraint."""
    kind = {"foreign": "foreignkey"}.get(constraint.kind, constraint.kind)
    return f"batch.drop_constraint({text(constraint.name or '')}, type_={text(kind)})"


def add_index(index: Index) -> list[str]:
    """What makes an index."""
    plain = _PLAIN_INDEX.fullmatch(index.sql)
    if plain is None:
        return [f"op.execute({text(' '.join(index.sql.split()))})"]
    columns = ", ".join(text(_bare(name)) for name in plain[2].split(","))
    unique = ", unique=True" if plain[1] else ""
    return [f"op.create_index(op.f({text(index.name)}), {text(index.table)}, [{columns}]{unique})"]


def drop_index(index: Index) -> list[str]:
    """What drops it."""
    return [f"op.drop_index(op.f({text(index.name)}), {text(index.table)})"]


def column_of(column: Column, constraints: Iterable[Constraint] = ()) -> str:
    """A column as SQLAlchemy has it."""
    said = [text(column.name), type_of(column)]
    if column.computed is not None:
        said.append(f"sa.Computed({text(_escaped(column.computed))}, persisted={column.is_stored})")
    for each in constraints:
        said.append(_of_column(each))
    said.append(f"nullable={not column.is_needed}")
    if column.default is not None:
        said.append(f"server_default={_sql(column.default)}")
    if column.kind not in ("", plain_kind(column)):
        said.append(f'info={{"holds": {text(column.kind)}}}')
    return f"sa.Column({', '.join(said)})"


def type_of(column: Column) -> str:
    """A column's type as SQLAlchemy has it."""
    plain = _TYPES.get(column.type, f"plain_type({text(column.type)})")
    collation = next((each for each in column.same if each.startswith("collate ")), None)
    if collation is not None and plain == "sa.Text()":
        return f"sa.Text(collation={text(collation.split()[1].upper())})"
    return plain


def constraint_of(constraint: Constraint) -> str:
    """A constraint of a table as SQLAlchemy has it."""
    columns = ", ".join(map(text, constraint.columns))
    name = f", name=op.f({text(constraint.name)})" if constraint.name else ""
    if constraint.kind == "check":
        return f"sa.CheckConstraint({_sql(constraint.text)}{name})"
    if constraint.kind == "unique":
        return f"sa.UniqueConstraint({columns}{name})"
    if constraint.kind == "primary":
        return f"sa.PrimaryKeyConstraint({columns}{name})"
    target, there, options = reference(constraint)
    whither = ", ".join(text(f"{target}.{each}") for each in there)
    return f"sa.ForeignKeyConstraint([{columns}], [{whither}]{name}{options})"


def reference(constraint: Constraint) -> tuple[str, list[str], str]:
    """What a foreign key refers to: the table, its columns, and options as they are written."""
    match = _REFERENCE.fullmatch(constraint.text)
    if match is None:
        raise ValueError(f"{constraint.text!r} is no reference.")
    there = [_bare(name) for name in (match[2] or "").split(",") if name.strip()]
    options = ""
    for event, word in (("ON DELETE", "ondelete"), ("ON UPDATE", "onupdate")):
        action = re.search(
            rf"{event}\s+(CASCADE|RESTRICT|SET\s+NULL|SET\s+DEFAULT|NO\s+ACTION)", match[3], re.I
        )
        if action is not None:
            options += f", {word}={text(action[1].upper())}"
    if re.search(r"(?<!NOT )DEFERRABLE", match[3], re.I):
        options += ", deferrable=True"
        if re.search(r"INITIALLY\s+DEFERRED", match[3], re.I):
            options += ', initially="DEFERRED"'
    return _bare(match[1]), there or list(constraint.columns), options


def text(value: str) -> str:
    """A Python string, with double quotes as formatters like them."""
    if not value.isprintable() or ('"' in value and "'" not in value):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _readable(sql: str) -> str:
    """SQL without the quotes around names that do not need them."""
    parts, end = [], 0
    for token in tokens(sql):
        is_quoted = token.text.startswith('"') and _quote(token.text[1:-1]) == token.text[1:-1]
        parts += [sql[end : token.start], token.text[1:-1] if is_quoted else token.text]
        end = token.end
    return "".join([*parts, sql[end:]])


_quote = sqlite.dialect().identifier_preparer.quote


def _of_column(constraint: Constraint) -> str:
    if constraint.kind != "foreign":
        return constraint_of(constraint)
    target, there, options = reference(constraint)
    name = f", name=op.f({text(constraint.name)})" if constraint.name else ""
    return f"sa.ForeignKey({text(f'{target}.{there[0]}')}{name}{options})"


def _sql(sql: str) -> str:
    return f"sa.text({text(_escaped(_readable(sql)))})"


def _escaped(sql: str) -> str:
    """With `:name` as SQL text and not as SQLAlchemy's sign for a value to come."""
    return _BIND.sub(r"\\:", sql)


def _bare(name: str) -> str:
    found = tokens(name.strip())
    return found[0].text.strip('"') if found else ""
