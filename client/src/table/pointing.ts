/** The mouse over the rows: choosing cells and rows, opening, editing, and menus. */

import { choose, edit, fold, goTo, open } from "./doing";
import { openRowMenu } from "./menus";
import type { Parts } from "./parts";
import type { Spot } from "./types";

/** How often the rows move on while somebody drags beyond their edge. */
const DRAG_MS = 50;

export function listenToPointer(parts: Parts): void {
  const { el, pool } = parts.grid;
  el.addEventListener("pointerdown", (event) => {
    const spot = pool.spotOf(event.target as Element);
    if (!spot || event.button !== 0) return;
    pressed(parts, spot, event);
  });
  el.addEventListener("dblclick", (event) => {
    const spot = pool.spotOf(event.target as Element);
    if (!spot || parts.state.arranged.all[spot.column]?.own) return;
    if (parts.state.column(spot.column)?.kind === "boolean" && parts.state.column(spot.column)?.editable) return;
    if (!edit(parts)) open(parts, spot.row);
  });
  el.addEventListener("contextmenu", (event) => {
    const spot = pool.spotOf(event.target as Element);
    if (!spot) return;
    el.focus({ preventScroll: true });
    if (!parts.state.isChosen(spot.row, spot.column)) goTo(parts, spot);
    if (!parts.state.chosen.has(parts.state.rows.id(spot.row))) choose(parts, spot.row, "only");
    if (!openRowMenu(parts, { left: event.clientX, top: event.clientY, bottom: event.clientY })) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** A finger moves the rows along. */
export function listenToFingers(parts: Parts): void {
  const { grid } = parts;
  let last: PointerEvent | null = null;
  grid.el.addEventListener("pointerdown", (event) => (last = event.pointerType === "touch" ? event : null));
  grid.el.addEventListener("pointermove", (event) => {
    if (last?.pointerId !== event.pointerId) return;
    grid.scrollBy(last.clientY - event.clientY);
    grid.scrollAside(last.clientX - event.clientX);
    last = event;
  });
  for (const name of ["pointerup", "pointercancel"] as const) grid.el.addEventListener(name, () => (last = null));
}

function pressed(parts: Parts, spot: Spot, event: PointerEvent): void {
  const { state } = parts;
  const own = state.arranged.all[spot.column]?.own;
  const isGroup = state.rows.has(spot.row) && state.rows.size(spot.row) !== null;
  if (own === "fold") return void fold(parts, spot.row);
  if (own === "check") return isGroup ? undefined : choose(parts, spot.row, event.shiftKey ? "extend" : "turn");
  if (isGroup && spot.column === state.firstColumn) fold(parts, spot.row);
  const how = event.shiftKey ? "extend" : event.ctrlKey || event.metaKey ? "turn" : "only";
  if (how === "extend") choose(parts, spot.row, how); // from where the anchor was
  goTo(parts, spot, event.shiftKey);
  if (how !== "extend") choose(parts, spot.row, how);
  const column = state.column(spot.column);
  if (how === "only" && column?.kind === "boolean" && column.editable && !isGroup && isOnBox(event)) edit(parts);
  if (event.pointerType !== "touch") extendBy(parts, event);
}

/** Whether the box itself was pressed, and not the cell around it. */
function isOnBox(event: PointerEvent): boolean {
  const cell = (event.target as Element).closest<HTMLElement>(".box");
  if (!cell) return false;
  const box = cell.getBoundingClientRect();
  const middle = cell.classList.contains("start") ? box.left + 18 : cell.classList.contains("end") ? box.right - 18 : box.left + box.width / 2;
  return Math.abs(event.clientX - middle) < 14;
}

/** Choose more cells while the button is held. */
function extendBy(parts: Parts, down: PointerEvent): void {
  const { grid, root, state } = parts;
  const over = new AbortController();
  const { signal } = over;
  let timer: ReturnType<typeof setInterval> | undefined;
  let [x, y] = [down.clientX, down.clientY];
  const extend = () => {
    const spot = grid.pool.spotOf(root.elementFromPoint(x, y));
    if (spot && (spot.row !== state.at.row || spot.column !== state.at.column) && !state.arranged.all[spot.column]?.own) goTo(parts, spot, true);
  };
  const beyond = () => {
    const box = grid.over.getBoundingClientRect();
    const past = y < box.top ? y - box.top : y > box.bottom ? y - box.bottom : 0;
    if (past === 0) return;
    grid.scrollBy(Math.sign(past) * state.place.rowHeight * Math.min(5, 1 + Math.floor(Math.abs(past) / 40)));
    const { first, end } = state.place.seen();
    goTo(parts, { row: past < 0 ? first : end - 1, column: state.at.column }, true);
  };
  addEventListener("pointermove", (event) => {
    [x, y] = [event.clientX, event.clientY];
    timer ??= setInterval(beyond, DRAG_MS);
    extend();
  }, { signal });
  const end = () => {
    clearInterval(timer);
    over.abort();
  };
  addEventListener("pointerup", end, { signal });
  addEventListener("pointercancel", end, { signal });
}
