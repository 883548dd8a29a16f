/** Keys in the grid: what each means is in keys.ts, what is done in doing.ts. */

import { sorted } from "./asking";
import { NARROWEST } from "./columns";
import { chooseAll, choose, clear, edit, erase, fold, giveUp, goTo, move, open, page } from "./doing";
import { type Command, commandOf } from "./keys";
import { reordered, resized } from "./layouts";
import { openColumnMenu, openRowMenu } from "./menus";
import type { Parts } from "./parts";

export function listenToKeys(parts: Parts): void {
  parts.grid.el.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target !== parts.grid.el) return;
    const command = commandOf(event);
    if (command && run(parts, command)) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
}

/** Do it; false leaves the key to the page. */
function run(parts: Parts, command: Command): boolean {
  const { state } = parts;
  const { at, rows } = state;
  if (at.row < 0 && inHeadings(parts, command)) return true;
  switch (command.do) {
    case "move":
      if (command.columns && !command.extend && unfold(parts, command.columns)) return true;
      move(parts, command.rows, command.columns, command.extend);
      return true;
    case "page":
      page(parts, command.pages, command.extend);
      return true;
    case "edge": {
      const row = command.row === null ? at.row : command.row === "first" ? 0 : rows.total - 1;
      const column = command.column === null ? at.column : command.column === "first" ? state.firstColumn : state.arranged.all.length - 1;
      goTo(parts, { row, column }, command.extend);
      return true;
    }
    case "enter":
      return at.row >= 0 && (isGroup(parts) ? fold(parts, at.row) : edit(parts) || open(parts, at.row) || fold(parts, at.row));
    case "edit":
      return edit(parts);
    case "type":
      return state.column(at.column)?.kind !== "boolean" && edit(parts, command.text);
    case "escape":
      return escape(parts);
    case "select":
      return select(parts);
    case "all":
      state.anchor = { row: 0, column: state.firstColumn };
      state.at = { row: Math.max(0, rows.total - 1), column: state.arranged.all.length - 1 };
      if (state.selecting === "many" && !state.chosen.all) chooseAll(parts);
      parts.grid.anew();
      return true;
    case "clear":
      clear(parts);
      return true;
    case "erase":
      erase(parts);
      return true;
    case "menu":
      return menu(parts);
    default:
      return false;
  }
}

function isGroup({ state }: Parts): boolean {
  return state.rows.has(state.at.row) && state.rows.size(state.at.row) !== null;
}

/** Right opens a group, left closes it, as in any tree. */
function unfold(parts: Parts, columns: number): boolean {
  const { at, firstColumn } = parts.state;
  return isGroup(parts) && at.column === firstColumn && fold(parts, at.row, columns > 0);
}

function escape(parts: Parts): boolean {
  const { state } = parts;
  if (giveUp(parts)) return true;
  const hadRange = state.at.row !== state.anchor.row || state.at.column !== state.anchor.column;
  if (hadRange) goTo(parts, state.at);
  return hadRange;
}

/** Space turns a box of the data's own, or else chooses the row. */
function select(parts: Parts): boolean {
  const { state } = parts;
  const column = state.column(state.at.column);
  if (isGroup(parts)) return fold(parts, state.at.row);
  if (column?.kind === "boolean" && column.editable) return edit(parts);
  if (state.selecting === "none") return edit(parts, " ");
  choose(parts, state.at.row, "turn");
  return true;
}

function menu(parts: Parts): boolean {
  const { at } = parts.state;
  const cell = parts.grid.pool.cell(at.row, at.column);
  return cell !== null && openRowMenu(parts, cell.getBoundingClientRect());
}

// ── in the headings ─────────────────────────────────────────────────────────────────────────────

function inHeadings(parts: Parts, command: Command): boolean {
  const { state } = parts;
  const column = state.column(state.at.column);
  const heading = parts.grid.header.heading(state.at.column);
  if (!column) {
    if (command.do === "enter" || command.do === "select") chooseAll(parts);
    return command.do === "enter" || command.do === "select";
  }
  const placed = state.arranged.all[state.at.column]!;
  if (command.do === "enter" && column.sortable) parts.ask(sorted(state.asked, column.name, command.add));
  else if ((command.do === "menu" || command.do === "select") && heading) openColumnMenu(parts, column, heading.getBoundingClientRect());
  else if (command.do === "resize") parts.setLayout(resized(state.layout, column.name, Math.max(NARROWEST, placed.width + command.by)), true);
  else if (command.do === "shift") return shift(parts, command.columns);
  else return ["clear", "erase", "type", "edit"].includes(command.do);
  return true;
}

function shift(parts: Parts, columns: number): boolean {
  const { state } = parts;
  const [column, other] = [state.column(state.at.column), state.column(state.at.column + columns)];
  if (!column || !other) return true;
  parts.setLayout(reordered(state.layout, column.name, other.name, columns > 0), true);
  goTo(parts, { row: -1, column: state.arranged.all.findIndex((placed) => placed.column === column) });
  return true;
}
