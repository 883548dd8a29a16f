/** What a person can do with the cells and rows of a table, whether by keys, by pointing or from a menu. */

import type { Parts } from "./parts";
import type { Spot } from "./types";

/** Be at a cell; with `extend` all from where one was up to it are chosen. */
export function goTo(parts: Parts, spot: Spot, extend = false): void {
  const { state, grid } = parts;
  const { total } = state.rows;
  const row = Math.max(-1, Math.min(spot.row, total - 1));
  const column = Math.max(row < 0 ? 0 : state.firstColumn, Math.min(spot.column, state.arranged.all.length - 1));
  state.at = { row, column };
  if (!extend || row < 0) state.anchor = { row, column };
  grid.reveal(row, column);
  grid.anew();
}

export function move(parts: Parts, rows: number, columns: number, extend = false): void {
  const { at } = parts.state;
  goTo(parts, { row: at.row + rows, column: at.column + columns }, extend);
}

/** A whole screen up or down, both what is seen and where one is. */
export function page(parts: Parts, pages: number, extend: boolean): void {
  const { state, grid } = parts;
  const rows = Math.max(1, Math.floor(state.place.height / state.place.rowHeight) - 1);
  grid.scrollTo(state.place.top + pages * rows * state.place.rowHeight);
  goTo(parts, { row: Math.max(0, state.at.row + pages * rows), column: state.at.column }, extend);
}

// ── rows ────────────────────────────────────────────────────────────────────────────────────────

export function choose(parts: Parts, row: number, how: "only" | "turn" | "extend"): void {
  const { state } = parts;
  const id = state.rows.id(row);
  if (state.selecting === "none" || id === undefined || state.rows.size(row) !== null) return;
  if (state.selecting === "one") state.chosen.only(how === "turn" && state.chosen.has(id) ? [] : [id]);
  else if (how === "turn") state.chosen.turn(id, state.rows.prop.keys);
  else if (how === "extend") state.chosen.only(idsBetween(parts, state.anchor.row, row));
  else if (!state.chosen.all && state.chosen.ids.size === 1 && state.chosen.has(id)) return;
  else state.chosen.only([id]);
  tellChosen(parts);
}

function idsBetween({ state }: Parts, from: number, to: number): number[] {
  const ids: number[] = [];
  for (let row = Math.min(from, to); row <= Math.max(from, to); row++) {
    const id = state.rows.id(row);
    if (id !== undefined && state.rows.size(row) === null) ids.push(id);
  }
  return ids;
}

/** Choose all rows, or none where all are chosen. */
export function chooseAll(parts: Parts): void {
  const { chosen, rows, selecting } = parts.state;
  if (selecting !== "many") return;
  if (chosen.all || (rows.total > 0 && chosen.ids.size >= rows.total)) chosen.only([]);
  else chosen.everything();
  tellChosen(parts);
}

function tellChosen(parts: Parts): void {
  const { chosen, rows } = parts.state;
  parts.tell("select", chosen.told);
  const count = chosen.all ? rows.total : chosen.ids.size;
  parts.say(`${count} ${count === 1 ? "row" : "rows"} selected`);
  parts.grid.anew();
}

/** The rows that something is to be done with: those that are chosen, or else the one that has the focus. */
export function idsAtHand({ state }: Parts): number[] {
  const id = state.rows.id(state.at.row);
  if (state.chosen.all) return state.rows.prop.keys;
  if (id !== undefined && !state.chosen.has(id)) return [id];
  return [...state.chosen.ids];
}

export function open(parts: Parts, row: number): boolean {
  const { state } = parts;
  const id = state.rows.id(row);
  if (!state.opens || id === undefined || state.rows.size(row) !== null) return false;
  parts.tell("open", { id });
  return true;
}

/** Open or close a group of rows, or the details of a row. */
export function fold(parts: Parts, row: number, isOpen?: boolean): boolean {
  const { state } = parts;
  const id = state.rows.id(row);
  if (id === undefined) return false;
  if (state.rows.size(row) !== null) {
    const was = state.rows.isOpen(row);
    if (was === isOpen) return false;
    parts.tell("fold", { id, open: !was });
    return true;
  }
  const was = state.detailed === id;
  if (!state.details || was === isOpen) return false;
  parts.tell("detail", { id: was ? null : id });
  return true;
}

// ── cells ───────────────────────────────────────────────────────────────────────────────────────

/** Begin to edit the cell that has the focus; `start` is what was typed to begin with. */
export function edit(parts: Parts, start: string | null = null): boolean {
  const { state, editor, grid } = parts;
  state.anchor = { ...state.at };
  const isDone = editor.open(state.at, start);
  if (isDone) grid.anew();
  return isDone;
}

/** More cells than this are not emptied at once: they would have to be here to be named. */
const MOST_CLEARED = 10_000;

/** Empty the cells that are chosen, as far as they may be edited. */
export function clear(parts: Parts): void {
  const { state } = parts;
  const { top, bottom, left, right } = state.range;
  const columns = state.arranged.all.slice(left, right + 1).flatMap(({ column }) => (column?.editable ? [column] : []));
  if (columns.length === 0) return;
  if (!state.rows.has(top) || !state.rows.has(bottom)) return parts.refuse("These are more rows than are here at once: clear fewer of them.");
  const ids = idsBetween(parts, top, bottom);
  if (ids.length * columns.length > MOST_CLEARED) return parts.refuse("These are too many cells to clear at once.");
  for (const column of columns) for (const id of ids) markCleared(parts, id, column.name);
  parts.tell("clear", { ids, columns: columns.map(({ name }) => name) });
  parts.grid.anew();
}

function markCleared({ state }: Parts, id: number, name: string): void {
  state.setPending(id, name, "", state.rows.value(state.rows.indexOf(id)!, state.rows.place(name)));
}

export function erase(parts: Parts): void {
  const ids = idsAtHand(parts);
  if (parts.state.erases && ids.length) parts.tell("erase", { ids });
}

/** Give up what the session would not have at the cell that has the focus. */
export function giveUp(parts: Parts): boolean {
  const { state, grid } = parts;
  const column = state.column(state.at.column);
  if (!column || !state.endPending(state.rows.id(state.at.row), column.name)) return false;
  grid.anew();
  return true;
}
