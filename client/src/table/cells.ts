/** One cell of a row: its words in one text node, its look as one class name, each touched only where it differs. */

import type { Placed } from "./columns";
import { drawBar, drawLine } from "./drawn";
import { plain } from "./formats";
import type { State } from "./state";
import type { Column, Value } from "./types";

export interface Cell {
  readonly el: HTMLElement;
  readonly text: Text;
  look: string;
  /** What shows that it has just changed; see flash.ts. */
  flash: string;
  title: string;
  /** A drawing in it, for columns that have one. */
  drawing: Element | null;
}

export function makeCell(id: string): Cell {
  const el = document.createElement("div");
  el.setAttribute("role", "gridcell");
  el.id = id;
  const text = new Text("");
  el.append(text);
  return { el, text, look: "", flash: "", title: "", drawing: null };
}

/** Show in a cell what stands at a line and a column. */
export function paintCell(cell: Cell, state: State, index: number, column: number): void {
  const placed = state.arranged.all[column];
  if (!placed) return;
  let look = baseLook(placed);
  if (state.isChosen(index, column)) look += " in";
  if (state.at.row === index && state.at.column === column) look += " at";
  if (!state.rows.has(index)) {
    undraw(cell);
    setText(cell, "");
    setLook(cell, `${look} wait`);
  } else if (!placed.column) {
    paintOwn(cell, state, index, placed, look);
  } else if (state.rows.size(index) !== null) {
    paintGroup(cell, state, index, column, placed.column, look);
  } else {
    paintValue(cell, state, index, placed.column, look);
  }
}

function paintValue(cell: Cell, state: State, index: number, column: Column, base: string): void {
  const { rows } = state;
  const place = rows.place(column.name);
  const value = rows.value(index, place);
  const pending = state.pending(rows.id(index), column);
  const tone = rows.tone(index, place);
  let look = base;
  if (tone) look += ` ${tone}`;
  if (pending) look += pending.refused === null ? " pending" : " refused";
  if (isDrawn(column) && !pending) return draw(cell, state, column, value, look);
  undraw(cell);
  const isBox = column.kind === "boolean" && (typeof value === "boolean" || pending);
  const isOn = pending ? pending.text === "true" : value === true;
  if (isBox) look += isOn ? " box on" : " box";
  setText(cell, isBox ? (isOn ? "Yes" : "No") : pending ? pending.text : state.format(column)(value));
  setTitle(cell, pending?.refused ?? (typeof value === "string" && value.length > LONG ? value : longTitle(value)));
  setLook(cell, look);
}

/** A text longer than this may not fit into its column: it is shown whole to who waits over it. */
const LONG = 12;

function longTitle(value: Value): string {
  return value !== null && typeof value === "object" && "t" in value ? `${value.t}… (${value.n} letters)` : "";
}

/** What the columns of the table's own show: whether the row is chosen, or its details open. */
function paintOwn(cell: Cell, state: State, index: number, placed: Placed, base: string): void {
  const { rows, chosen, detailed } = state;
  const id = rows.id(index);
  undraw(cell);
  let look = base;
  let text = "";
  if (rows.size(index) === null && placed.own === "check") {
    look += chosen.has(id) ? " box on" : " box";
    text = chosen.has(id) ? "Selected" : "Not selected";
  } else if (rows.size(index) === null) {
    look += id === detailed ? " fold open" : " fold";
    text = id === detailed ? "Hide details" : "Show details";
  }
  setText(cell, text);
  setTitle(cell, "");
  setLook(cell, look);
}

/** A line that stands for a group: its value and size in the first column, totals in their own. */
function paintGroup(cell: Cell, state: State, index: number, at: number, column: Column, base: string): void {
  const { rows, asked, columns } = state;
  undraw(cell);
  setTitle(cell, "");
  if (at !== state.firstColumn) {
    const isGroups = asked.group.includes(column.name);
    setText(cell, isGroups ? "" : state.format(column)(rows.value(index, rows.place(column.name))));
    return setLook(cell, base);
  }
  const level = rows.level(index);
  const by = columns.find(({ name }) => name === asked.group[level]);
  const value = rows.value(index, rows.place(asked.group[level] ?? ""));
  const words = by ? state.format(by)(value) : plain(value);
  setText(cell, `${words === "" ? "(empty)" : words}  ·  ${SIZE.format(rows.size(index) ?? 0)}`);
  setLook(cell, `${base} head level${Math.min(level, 5)}${rows.isOpen(index) ? " open" : ""}`);
}

const SIZE = new Intl.NumberFormat(document.documentElement.lang || undefined);

// ── drawings ────────────────────────────────────────────────────────────────────────────────────

export function isDrawn(column: Column): boolean {
  return column.kind === "numbers" || DRAWN.has(column.format);
}

const DRAWN = new Set(["sparkline", "bar", "progress"]);

function draw(cell: Cell, state: State, column: Column, value: Value, look: string): void {
  const isLine = Array.isArray(value);
  const words = isLine ? `${value.length} numbers${value.length ? `, last ${value.at(-1)}` : ""}` : state.format(column)(value);
  cell.drawing = isLine ? drawLine(cell.drawing, value) : drawBar(cell.drawing, value, column, state);
  if (cell.drawing && cell.drawing.parentNode !== cell.el) cell.el.append(cell.drawing);
  setText(cell, words);
  setTitle(cell, "");
  setLook(cell, `${look} ${isLine ? "line" : "bar"}`);
}

function undraw(cell: Cell): void {
  cell.drawing?.remove();
  cell.drawing = null;
}

// ── only what differs ───────────────────────────────────────────────────────────────────────────

function setText(cell: Cell, text: string): void {
  if (cell.text.data !== text) cell.text.data = text;
}

function setTitle(cell: Cell, title: string): void {
  if (cell.title === title) return;
  cell.title = title;
  if (title) cell.el.title = title;
  else cell.el.removeAttribute("title");
}

function setLook(cell: Cell, look: string): void {
  if (cell.look === look) return;
  cell.look = look;
  cell.el.className = cell.flash ? `${look} ${cell.flash}` : look;
}

const bases = new WeakMap<Placed, string>();

function baseLook(placed: Placed): string {
  let base = bases.get(placed);
  if (base === undefined) {
    const { column, pin } = placed;
    base = `cell ${column ? column.align : "own"}${pin ? " pin" : ""}${column?.kind === "text" || column?.kind === "other" ? " words" : ""}`;
    bases.set(placed, base);
  }
  return base;
}
