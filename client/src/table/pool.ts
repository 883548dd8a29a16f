/** The rows on the screen: a few elements, used again for whichever rows are seen.
 *
 *     row 10,400 goes out of sight above, row 10,441 comes into it below: the same element, (10,400 % 41 = 10,441 % 41), moved by its
 *     transform, with other words in the same text nodes
 *
 * Nothing here reads a layout, and nothing is made or thrown away while somebody scrolls.
 */

import { type Cell, makeCell, paintCell } from "./cells";
import { type Arranged, across, type Placed } from "./columns";

import type { State } from "./state";

interface Row {
  el: HTMLElement;
  cells: Cell[];
  index: number;
  /** When it was last painted, by `Pool.stamp`. */
  stamp: number;
  y: number;
  look: string;
}

/** Beyond this far from it the origin is put elsewhere: what a graphics card counts in has some seven digits. */
const FAR = 1_000_000;

let pools = 0;

export class Pool {
  private readonly number = pools++;
  private rows: Row[] = [];
  /** Which column each cell of a row shows; -1 for none. */
  private slots: number[] = [];
  private arranged: Arranged | null = null;
  private stamp = 0;
  private origin = 0;
  private moved = "";

  constructor(
    private readonly el: HTMLElement,
    private readonly state: State,
  ) {}

  /** Everything is to be painted anew. */
  spoil(): void {
    this.stamp++;
  }

  /** Bring the screen up to date with where it is in the rows. */
  paint(): void {
    const { place } = this.state;
    const { first, end } = place.seen();
    this.fit(Math.ceil(place.height / place.rowHeight) + 2);
    const turned = this.turnColumns();
    if (Math.abs(place.top - this.origin) > FAR) this.origin = place.top;
    this.move();
    for (const row of this.rows) if (row.index >= 0 && (row.index < first || row.index >= end)) this.rest(row);
    for (let index = first; index < end; index++) this.paintRow(index, turned);
  }

  /** One cell has another value: paint it if it is on the screen. */
  paintCell(index: number, slot: number): Cell | null {
    const row = this.rowOf(index);
    const cell = row?.cells[slot];
    if (!row || !cell) return null;
    paintCell(cell, this.state, index, this.slots[slot]!);
    return cell;
  }

  /** Which cell of every row shows a column, by its place; -1 if it is not on the screen. */
  slot(column: number): number {
    return this.slots.indexOf(column);
  }

  /** The columns on the screen, by their places. */
  get columns(): number[] {
    return this.slots.filter((column) => column >= 0);
  }

  cell(index: number, column: number): HTMLElement | null {
    const slot = this.slot(column);
    return slot < 0 ? null : (this.rowOf(index)?.cells[slot]?.el ?? null);
  }

  rowOf(index: number): Row | null {
    const row = this.rows.length ? this.rows[index % this.rows.length] : undefined;
    return row && row.index === index ? row : null;
  }

  /** The row and the column of an element inside one. */
  spotOf(target: Element | null): { row: number; column: number } | null {
    const cell = target?.closest<HTMLElement>("[role=gridcell]");
    const row = cell?.parentElement;
    const found = row && this.rows.find(({ el }) => el === row);
    if (!found || found.index < 0) return null;
    return { row: found.index, column: this.slots[found.cells.findIndex(({ el }) => el === cell)] ?? -1 };
  }

  // ── rows ────────────────────────────────────────────────────────────────────────────────────

  private fit(count: number): void {
    if (count === this.rows.length) return;
    // With another number of elements every row has another one: begin anew, which happens only when the window changes its size.
    for (const row of this.rows) this.rest(row);
    while (this.rows.length > count) this.rows.pop()!.el.remove();
    while (this.rows.length < count) this.rows.push(this.makeRow(this.rows.length));
    this.spoil();
  }

  private makeRow(number: number): Row {
    const el = document.createElement("div");
    el.setAttribute("role", "row");
    el.id = `row-${this.number}-${number}`;
    el.className = "row";
    el.hidden = true;
    this.el.append(el);
    const row: Row = { el, cells: [], index: -1, stamp: -1, y: NaN, look: "row" };
    for (const column of this.slots) this.addCell(row, column);
    return row;
  }

  private rest(row: Row): void {
    row.index = -1;
    row.el.hidden = true;
  }

  private paintRow(index: number, turned: number[]): void {
    const row = this.rows[index % this.rows.length]!;
    const isNew = row.index !== index || row.stamp !== this.stamp;
    if (row.index < 0) row.el.hidden = false;
    if (row.index !== index) row.el.setAttribute("aria-rowindex", String(index + 2));
    row.index = index;
    row.stamp = this.stamp;
    this.place(row);
    if (isNew) {
      this.paintLook(row);
      for (let slot = 0; slot < row.cells.length; slot++) paintCell(row.cells[slot]!, this.state, index, this.slots[slot]!);
    } else {
      for (const slot of turned) paintCell(row.cells[slot]!, this.state, index, this.slots[slot]!);
    }
  }

  private place(row: Row): void {
    const y = this.state.place.y(row.index) - this.origin;
    if (row.y === y) return;
    row.y = y;
    row.el.style.transform = `translateY(${y}px)`;
  }

  private paintLook(row: Row): void {
    const { rows, chosen, selecting, isGrouped, detailed, details } = this.state;
    const { el, index } = row;
    const id = rows.id(index);
    const size = rows.has(index) ? rows.size(index) : null;
    const isChosen = selecting !== "none" && size === null && chosen.has(id);
    let look = "row";
    if (id === undefined) look += " wait";
    if (size !== null) look += " group";
    if (isChosen) look += " chosen";
    if (look !== row.look) row.el.className = row.look = look;
    attribute(el, "aria-selected", selecting === "none" || size !== null || id === undefined ? null : String(isChosen));
    const isUnfolded = size !== null ? rows.isOpen(index) : details && id !== undefined ? id === detailed : null;
    attribute(el, "aria-expanded", isUnfolded === null ? null : String(isUnfolded));
    attribute(el, "aria-level", isGrouped && id !== undefined ? String(rows.level(index) + 1) : null);
    attribute(el, "aria-busy", id === undefined ? "true" : null);
  }

  /** Move all rows at once, to the side and up: the rows themselves stay where they are. */
  private move(): void {
    const { left, place } = this.state;
    const moved = `translate(${-left}px, ${this.origin - place.top}px)`;
    if (moved === this.moved) return;
    this.moved = moved;
    this.el.style.transform = moved;
  }

  // ── columns ─────────────────────────────────────────────────────────────────────────────────

  /** Give cells of columns that are seen no more to those that came into sight; which of each row's cells those are. */
  private turnColumns(): number[] {
    const { state } = this;
    const wanted = seenColumns(state);
    const isNew = this.arranged !== state.arranged;
    if (!isNew && wanted.every((column) => this.slots.includes(column))) return [];
    this.arranged = state.arranged;
    const next = isNew ? wanted : this.turned(wanted);
    const changed = next.flatMap((column, slot) => (isNew || column !== this.slots[slot] ? [slot] : []));
    this.slots = next;
    for (const row of this.rows) this.turnRow(row, changed);
    if (isNew) this.spoil();
    return changed;
  }

  private turned(wanted: number[]): number[] {
    const next = this.slots.map((column) => (wanted.includes(column) ? column : -1));
    for (const column of wanted) {
      if (next.includes(column)) continue;
      const free = next.indexOf(-1);
      if (free < 0) next.push(column);
      else next[free] = column;
    }
    return next;
  }

  private turnRow(row: Row, changed: number[]): void {
    for (const slot of changed) {
      const cell = row.cells[slot];
      if (cell) this.placeCell(cell, this.slots[slot]!);
      else this.addCell(row, this.slots[slot]!);
    }
    while (row.cells.length > this.slots.length) row.cells.pop()!.el.remove();
    row.el.style.width = `${this.state.width}px`;
  }

  private addCell(row: Row, column: number): void {
    const cell = makeCell(`${row.el.id}-${row.cells.length}`);
    row.cells.push(cell);
    row.el.append(cell.el);
    this.placeCell(cell, column);
  }

  private placeCell(cell: Cell, column: number): void {
    const { el } = cell;
    const placed = this.state.arranged.all[column];
    el.hidden = placed === undefined;
    if (!placed) return;
    el.setAttribute("aria-colindex", String(column + 1));
    el.style.left = `${xOf(this.state, placed)}px`;
    el.style.width = `${placed.width}px`;
  }
}

function attribute(el: Element, name: string, value: string | null): void {
  if (value === null) el.removeAttribute(name);
  else if (el.getAttribute(name) !== value) el.setAttribute(name, value);
}

/** Where a column begins, before anything is moved to the side. */
export function xOf(state: State, placed: Placed): number {
  if (placed.pin === "start") return placed.x;
  return placed.pin === "end" ? state.endAt + placed.x : state.arranged.start + placed.x;
}

/** The places of the columns that are seen: those between the pinned ones, and these. */
export function seenColumns(state: State): number[] {
  const [first, end] = across(state.arranged, state.left, state.wide);
  return state.arranged.all.flatMap((placed, column) => (placed.pin !== null || (column >= first && column < end) ? [column] : []));
}
