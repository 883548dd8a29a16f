/** Cells to and from the clipboard. */

import { asHtml, LONGEST_PASTE, parsed, written } from "./clipboard";
import { clear } from "./doing";
import { decimalSign, plain } from "./formats";
import { isPartial } from "./model";
import type { Parts } from "./parts";

/** As many as the session takes at once. */
const MOST_PASTED = 100_000;
const TOO_MUCH = "That is too much to paste at once: up to 100,000 cells.";

/** Have `copy`, `cut` and `paste` mean cells while the grid has the focus; the answer ends that.
 *
 * Heard at the document: where no text is selected, WebKit says them to the body, or to the element around us. It also asks before,
 * and without an answer does nothing.
 */
export function watchClipboard(parts: Parts): () => void {
  const over = new AbortController();
  const listen = (name: string, act: (event: ClipboardEvent) => void) =>
    document.addEventListener(name, (event) => {
      if (!(event instanceof ClipboardEvent) || parts.root.activeElement !== parts.grid.el) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // `copy` and `paste` of ours mean something else
      act(event);
    }, { capture: true, signal: over.signal });
  for (const name of ["beforecopy", "beforecut", "beforepaste"]) listen(name, () => {});
  listen("copy", (event) => copied(parts, event));
  listen("cut", (event) => copied(parts, event) && clear(parts));
  listen("paste", (event) => paste(parts, event.clipboardData?.getData("text/plain") ?? ""));
  return () => over.abort();
}

/** What happens in a field inside is no event of the table's. */
export function keepIn(root: ShadowRoot): void {
  for (const name of ["copy", "cut", "paste", "select", "cancel"]) root.addEventListener(name, (event) => event.stopPropagation());
}

function copied(parts: Parts, event: ClipboardEvent): boolean {
  const cells = chosenCells(parts);
  if (cells === null) {
    askForCopy(parts);
    return false;
  }
  event.clipboardData?.setData("text/plain", written(cells));
  event.clipboardData?.setData("text/html", asHtml(cells));
  parts.say(told(cells.length, cells[0]?.length ?? 0));
  return true;
}

function told(rows: number, columns: number): string {
  const count = rows * columns;
  return `${count} ${count === 1 ? "cell" : "cells"} copied`;
}

/** Copy without an event of the browser's, from a menu. */
export function copyNow(parts: Parts): void {
  const cells = chosenCells(parts);
  if (cells === null) return askForCopy(parts);
  void put(written(cells)).then((isDone) => parts.say(isDone ? told(cells.length, cells[0]?.length ?? 0) : NOT_COPIED));
}

const NOT_COPIED = "The browser did not let this be copied.";

export async function put(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The cells that are chosen, as text; null if some of them are not here, or not whole. */
function chosenCells({ state }: Parts): string[][] | null {
  const { top, bottom } = state.range;
  const { rows } = state;
  if (!rows.has(top) || !rows.has(bottom)) return null;
  const places = columnNames(state).map((name) => rows.place(name));
  const cells: string[][] = [];
  for (let row = top; row <= bottom; row++) {
    const values = places.map((place) => rows.value(row, place));
    if (values.some(isPartial)) return null;
    cells.push(values.map(plain));
  }
  return cells;
}

function columnNames(state: Parts["state"]): string[] {
  const { left, right } = state.range;
  return state.arranged.all.slice(left, right + 1).flatMap(({ column }) => (column ? [column.name] : []));
}

function askForCopy(parts: Parts): void {
  const { top, bottom } = parts.state.range;
  parts.tell("copy", { from: top, to: bottom, columns: columnNames(parts.state) });
  parts.say("Copying…");
}

/** Put text from a spreadsheet into the cells from the one that has the focus on; one value goes into all that are chosen. */
export function paste(parts: Parts, text: string): void {
  const { state } = parts;
  if (text === "" || !state.columns.some(({ editable }) => editable)) return;
  if (text.length > LONGEST_PASTE) return parts.refuse(TOO_MUCH);
  let cells = parsed(text);
  const { top, bottom, left, right } = state.range;
  const isOne = cells.length === 1 && cells[0]!.length === 1;
  if (isOne && (bottom - top + 1) * (right - left + 1) > MOST_PASTED) return parts.refuse(TOO_MUCH);
  if (isOne) cells = Array.from({ length: bottom - top + 1 }, () => Array<string>(right - left + 1).fill(cells[0]![0]!));
  const most = Math.max(...cells.slice(0, MOST_PASTED).map((row) => row.length));
  if (cells.length * most > MOST_PASTED) return parts.refuse(TOO_MUCH);
  const columns = state.arranged.all.slice(left, left + most).flatMap(({ column }) => (column ? [column.name] : []));
  const block = cells.map((row) => Array.from(columns, (_, i) => row[i] ?? ""));
  parts.refuse(null);
  parts.tell("paste", { id: state.rows.id(top) ?? null, first: top, column: columns[0], cells: block, columns, decimal: decimalSign() });
  parts.say(`${block.length * columns.length} cells pasted`);
}
