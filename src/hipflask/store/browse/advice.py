"""Which line in a model would make a slow table quick. Pure: a sentence for the developer, empty where none would."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.rows import Question
from .conditions import is_indexed, is_text
from .shown import Column, Shown


def advice(shown: Shown, question: Question, total: int, is_served: bool) -> str:
    """What to write into the model."""
    if question.search and not is_indexed(shown):
        return _searching(shown, question, total)
    if is_served or not shown.is_open:
        return ""
    order = [(shown.column(each.column), each.descending) for each in question.order]
    if not order:
        order = [
            (column, each.descending)
            for each in shown.order
            for column in shown.columns
            if column.expression is each.expression
        ]
    alike = [shown.column(each.column) for each in question.filters if each.test == "is"]
    columns = [(each, False) for each in alike if not is_text(each)] + order
    models = {each.model for each, _ in columns}
    if not order or len(models) != 1 or any(each.stored is None for each, _ in columns):
        return ""
    return _sorting(columns, total)


def _sorting(columns: list[tuple[Column, bool]], total: int) -> str:
    first, model = columns[0][0], columns[0][0].model
    assert model is not None
    whole = f"Sorting by {columns[-1][0].name} reads all {total:,} rows of {model.__name__}, since no index has them in that order."
    if len(columns) == 1:
        return f"{whole} Write `{first.attribute}: Mapped[…] = mapped_column(index=True)` into the model."
    names = [column.stored.name for column, _ in columns if column.stored is not None]
    is_mixed = len({descending for _, descending in columns}) > 1
    parts = [
        f'sa.desc("{name}")' if is_mixed and descending else f'"{name}"'
        for name, (_, descending) in zip(names, columns, strict=True)
    ]
    table = sa.inspect(model).local_table.name
    return f'{whole} Write `__table_args__ = (Index("ix_{table}_{"_".join(names)}", {", ".join(parts)}),)` into the model.'


def _searching(shown: Shown, question: Question, total: int) -> str:
    texts = [
        f'"{each.attribute}"'
        for each in shown.columns
        if is_text(each) and each.attribute and not _is_key(each)
    ]
    if shown.model is None or not texts:
        return ""
    name = shown.model.__name__
    return (
        f"Searching reads the texts of all rows of {name}. With an index of their words it need not: "
        f"`class {name}(db.Model, search=({', '.join(texts)},)):`."
    )


def _is_key(column: Column) -> bool:
    return column.stored is not None and column.stored.primary_key
