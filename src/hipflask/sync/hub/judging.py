"""The app's own word on a pushed change: `@db.before_push` rules, and validators of its models.

They see rows as they know them: instances that belong to no session, as the row was and as it would be.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.attributes import set_committed_value

from ...store.models.shared import PushedChange, PushRule
from ...store.store import Store
from ..messages import Value
from .deciding import SERVER_FAULT, Decision, PushTable

_logger = logging.getLogger(__name__)


class Judge:
    """What one model says about changes of its rows."""

    def __init__(self, model: type, rules: Sequence[PushRule], table: PushTable) -> None:
        self._model = model
        self._rules = rules
        self._table = table
        mapper = cast("Any", model).__mapper__
        self._make = mapper.class_manager.new_instance
        self._attributes = {
            column.name: mapper.get_property_by_column(column).key for column in table.hub.table.columns
        }
        self._validated = {
            name for name, attribute in self._attributes.items() if attribute in mapper.validators
        }

    @property
    def has_a_say(self) -> bool:
        """Whether there is anything to ask."""
        return bool(self._rules or self._validated)

    def judge(self, decision: Decision, user: str) -> None:
        """Refuse a change that a rule or a validator is against."""
        kind = decision.kind
        if kind == "nothing":
            return
        try:
            old = None if decision.row is None else self._instance(decision.row)
            new = None if kind == "delete" else self._changed(decision.row or {}, decision.values)
            for rule in self._rules:
                rule(PushedChange(user, self._model, kind, old, new))
        except ValueError as refused:
            decision.refuse("rule", str(refused) or "A rule of the hub is against this.")
        except Exception:
            _logger.exception("A rule about pushed changes of %s failed.", self._table.name)
            decision.refuse("server", SERVER_FAULT)

    def _changed(self, row: Mapping[str, Value], values: Mapping[str, Value]) -> Any:
        instance = self._instance({**row, **{name: values[name] for name in values.keys() - self._validated}})
        for name in sorted(self._validated & values.keys()):
            setattr(instance, self._attributes[name], self._table.columns[name].python(values[name]))
        return instance

    def _instance(self, row: Mapping[str, Value]) -> Any:
        instance = self._make()
        for name, attribute in self._attributes.items():
            if name in row:
                set_committed_value(instance, attribute, self._table.columns[name].python(row[name]))
        return instance


def rules_of_models(store: Store) -> dict[Any, Sequence[PushRule]]:
    """The rules of all models of a store, also of those that only have validators."""
    mappers = store.Model.registry.mappers
    return {mapper.class_: store.push_rules.get(mapper.class_, ()) for mapper in mappers}


def judges(
    rules: Mapping[Any, Sequence[PushRule]], tables: Mapping[str, PushTable]
) -> dict[str, list[Judge]]:
    """Who is to be asked about the rows of each table; several models may share one."""
    configure_mappers()  # instances are made without a session, which would do it
    found: dict[str, list[Judge]] = {}
    for model, of_model in rules.items():
        table = tables.get(cast("Any", model).__table__.name)
        judge = None if table is None else Judge(model, of_model, table)
        if table is not None and judge is not None and judge.has_a_say:
            found.setdefault(table.name, []).append(judge)
    return found
