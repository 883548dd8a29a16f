/** The menus of a table: of a column, of a row, and what they lead to. */

import { filtered, grouped, sortedBy } from "./asking";
import { clear, edit, erase, fold, idsAtHand, open } from "./doing";
import { copyNow } from "./copying";
import { type FilterForm, filterForm } from "./filters";
import { fittedWidth } from "./fitting";
import { hidden, pinned, resized, whole } from "./layouts";
import type { Parts } from "./parts";
import { type At, type Item, openMenu, openPopup } from "./popup";
import type { Column, Value } from "./types";

/** The form that waits for the values of a column. */
let waiting: { name: string; form: FilterForm } | null = null;

export function openColumnMenu(parts: Parts, column: Column, at: At): void {
  const { asked, layout } = parts.state;
  const { name } = column;
  const order = asked.order.find(([each]) => each === name);
  const pin = layout.pinned[name] ?? null;
  const isGrouped = asked.group.includes(name);
  const items: (Item | null)[] = [];
  if (column.sortable) {
    items.push(
      { label: "Sort ascending", icon: "arrow-up", checked: order?.[1] === false, act: () => parts.ask(sortedBy(asked, name, false)) },
      { label: "Sort descending", icon: "arrow-down", checked: order?.[1] === true, act: () => parts.ask(sortedBy(asked, name, true)) },
    );
    if (order) items.push({ label: "Do not sort", act: () => parts.ask(sortedBy(asked, name, null)) });
    items.push(null);
  }
  if (column.filterable) items.push({ label: "Filter…", icon: "list-filter", act: () => openFilter(parts, column, at) });
  if (column.filterable) items.push({ label: isGrouped ? "Do not group by this" : "Group by this", icon: "group", act: () => parts.ask(grouped(asked, name, !isGrouped)) }, null);
  const turn = (to: "start" | "end" | null) => () => parts.setLayout(pinned(layout, name, to), true);
  items.push(
    { label: "Pin left", icon: "pin", checked: pin === "start", act: turn(pin === "start" ? null : "start") },
    { label: "Pin right", icon: "pin", checked: pin === "end", act: turn(pin === "end" ? null : "end") },
    null,
    { label: "Fit to contents", icon: "move-horizontal", act: () => parts.setLayout(resized(layout, name, fittedWidth(parts.grid.el, parts.state, column)), true) },
    { label: "Hide", icon: "eye-off", isOff: parts.state.arranged.all.filter((each) => each.column).length < 2, act: () => parts.setLayout(hidden(layout, name, true), true) },
    { label: "Columns…", icon: "columns-3", act: () => openColumns(parts, at) },
  );
  openMenu(parts.root, `Column ${column.heading}`, items, at, () => focusGrid(parts));
}

/** Which columns are shown; the menu stays open while boxes are ticked. */
function openColumns(parts: Parts, at: At): void {
  const { columns, layout } = parts.state;
  const items: (Item | null)[] = layout.order.flatMap((name) => {
    const column = columns.find((each) => each.name === name);
    if (!column) return [];
    const isShown = !layout.hidden.includes(name);
    const act = () => {
      parts.setLayout(hidden(parts.state.layout, name, isShown), true);
      openColumns(parts, at);
    };
    return [{ label: column.heading, checked: isShown, isOff: isShown && layout.hidden.length >= columns.length - 1, act }];
  });
  items.push(null, { label: "As at first", icon: "rotate-ccw", act: () => parts.setLayout(whole(columns, null), true) });
  openMenu(parts.root, "Columns", items, at, () => focusGrid(parts));
}

export function openFilter(parts: Parts, column: Column, at: At): void {
  const now = parts.state.asked.filters.find(([name]) => name === column.name) ?? null;
  const form = filterForm(column, now, (entry) => {
    form.el.hidePopover();
    parts.ask(filtered(parts.state.asked, column.name, entry));
  }, () => form.el.hidePopover());
  waiting = { name: column.name, form };
  openPopup(parts.root, form.el, at, () => {
    if (waiting?.form === form) waiting = null;
    focusGrid(parts);
  });
  form.el.querySelector<HTMLElement>("input:not([hidden]), select")?.focus();
  if (!column.choices) parts.tell("suggest", { column: column.name });
}

/** The session has found which values a column has. */
export function suggested(name: string, values: Value[]): void {
  if (waiting?.name === name) waiting.form.suggest(values);
}

/** The menu of the rows that are chosen; false where there is nothing to do. */
export function openRowMenu(parts: Parts, at: At): boolean {
  const { state } = parts;
  const { row } = state.at;
  if (!state.rows.has(row)) return false;
  const column = state.column(state.at.column);
  const isRow = state.rows.size(row) === null;
  const items: (Item | null)[] = isRow ? state.actions.map((action, place) => ({
    label: action.label,
    ...(action.icon ? { icon: action.icon } : {}),
    ...(action.tone ? { tone: action.tone } : {}),
    act: () => parts.tell("act", { action: place, ids: idsAtHand(parts) }),
  })) : [];
  if (items.length) items.push(null);
  if (isRow && state.opens) items.push({ label: "Open", icon: "external-link", act: () => open(parts, row) });
  if (isRow && column?.editable) items.push({ label: "Edit", icon: "pencil", act: () => edit(parts) });
  items.push({ label: "Copy", icon: "copy", act: () => copyNow(parts) });
  if (isRow && column?.editable) items.push({ label: "Clear", icon: "eraser", act: () => clear(parts) });
  if (isRow && state.details) items.push({ label: state.detailed === state.rows.id(row) ? "Hide details" : "Show details", act: () => fold(parts, row) });
  if (isRow && state.erases) items.push(null, { label: "Delete", icon: "trash-2", tone: "danger", act: () => erase(parts) });
  openMenu(parts.root, "Row", items, at, () => focusGrid(parts));
  return true;
}

/** Unless something else has it by now. */
function focusGrid(parts: Parts): void {
  if (parts.root.activeElement === null && !parts.editor.isOpen) parts.grid.el.focus({ preventScroll: true });
}
