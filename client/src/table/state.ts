/** All that a table knows at a moment, which its parts share: what the session said, what the person chose, what fits. No DOM. */

import { type Arranged, arrange, type Placed } from "./columns";
import { type Format, formatter } from "./formats";
import { whole } from "./layouts";
import { Rows } from "./model";
import { Place } from "./scroll";
import { Chosen, isIn, type Range, rangeOf } from "./selection";
import type { Action, Asked, Column, Layout, Spot, Value } from "./types";

/** What was typed into a cell and is not yet what the session has; `refused` is its sentence about it. */
export interface Pending {
  text: string;
  refused: string | null;
  since: number;
  /** The cell's value when it was typed; undefined if it was not here. */
  was: Value | undefined;
}

export class State {
  columns: Column[] = [];
  layout: Layout = whole([], null);
  asked: Asked = { order: [], filters: [], search: "", group: [] };
  rows = new Rows();
  readonly place = new Place();
  arranged: Arranged = { all: [], start: 0, end: 0, middle: 0 };
  /** Widths that contents want. */
  fitted = new Map<string, number>();
  /** How far to the side, and how wide what is seen is. */
  left = 0;
  wide = 0;
  /** The cell that has the focus, and the one from which cells are chosen up to it. */
  at: Spot = { row: 0, column: 0 };
  anchor: Spot = { row: 0, column: 0 };
  hasFocus = false;
  selecting: "none" | "one" | "many" = "none";
  chosen = new Chosen();
  opens = false;
  details = false;
  erases = false;
  detailed: number | null = null;
  actions: Action[] = [];
  totals: Record<string, Value> | null = null;
  /** What is written already is to be written anew, with more digits. */
  rewritten: () => void = () => {};
  private readonly pendings = new Map<string, Pending>();
  private readonly formats = new Map<Column, Format>();

  /** Arrange the columns anew. */
  arrange(): void {
    const own: Placed["own"][] = [];
    if (this.selecting === "many") own.push("check");
    if (this.details) own.push("fold");
    this.arranged = arrange(this.columns, this.layout, own, this.wide, this.fitted);
    this.left = Math.max(0, Math.min(this.left, this.width - this.wide));
    this.at = { ...this.at, column: this.heldColumn(this.at.column) };
    this.anchor = { ...this.anchor, column: this.heldColumn(this.anchor.column) };
  }

  private heldColumn(column: number): number {
    return Math.max(this.firstColumn, Math.min(column, this.arranged.all.length - 1));
  }

  /** Of all columns together. */
  get width(): number {
    const { start, middle, end } = this.arranged;
    return start + middle + end;
  }

  /** Where the columns that are pinned to the end stand. */
  get endAt(): number {
    return Math.min(this.wide, this.width) - this.arranged.end;
  }

  /** The first column that holds data: the table's own come before it. */
  get firstColumn(): number {
    const found = this.arranged.all.findIndex(({ column }) => column !== null);
    return Math.max(0, found);
  }

  column(place: number): Column | null {
    return this.arranged.all[place]?.column ?? null;
  }

  get isGrouped(): boolean {
    return this.asked.group.length > 0;
  }

  /** What a column comes to; null where nobody has said. */
  total(name: string): Value {
    return this.totals !== null && Object.hasOwn(this.totals, name) ? (this.totals[name] ?? null) : null;
  }

  get range(): Range {
    return rangeOf(this.anchor, this.at);
  }

  /** Whether this cell is one of several that are chosen. */
  isChosen(row: number, column: number): boolean {
    return (this.at.row !== this.anchor.row || this.at.column !== this.anchor.column) && isIn(this.range, row, column);
  }

  format(column: Column): Format {
    let found = this.formats.get(column);
    if (!found) this.formats.set(column, (found = formatter(column, () => this.rewritten())));
    return found;
  }

  forgetFormats(): void {
    this.formats.clear();
  }

  // ── what was typed and is under way ─────────────────────────────────────────────────────────

  get hasPending(): boolean {
    return this.pendings.size > 0;
  }

  pending(id: number | undefined, column: Column): Pending | undefined {
    return this.pendings.size && id !== undefined ? this.pendings.get(`${id} ${column.name}`) : undefined;
  }

  setPending(id: number, name: string, text: string, was?: Value): void {
    this.pendings.set(`${id} ${name}`, { text, refused: null, since: performance.now(), was });
  }

  /** The session would not have it; what was typed, if that is still known. */
  refuse(id: number, name: string, sentence: string): string | undefined {
    const found = this.pendings.get(`${id} ${name}`);
    if (found) found.refused = sentence;
    return found?.text;
  }

  endPending(id: number | undefined, name: string): boolean {
    return this.pendings.size > 0 && this.pendings.delete(`${id} ${name}`);
  }

  /** The session has said what a cell holds: what was typed there is answered, unless it was refused. */
  answered(id: number | undefined, name: string): void {
    const found = this.pendings.size ? this.pendings.get(`${id} ${name}`) : undefined;
    if (found && found.refused === null) this.pendings.delete(`${id} ${name}`);
  }

  /** All rows are new: whatever is another value now than when something was typed there is answered. */
  compareAll(): void {
    for (const [key, { was, refused }] of this.pendings) {
      const [id, name] = [Number(key.slice(0, key.indexOf(" "))), key.slice(key.indexOf(" ") + 1)];
      const index = this.rows.indexOf(id);
      if (index === undefined || refused !== null) continue;
      if (JSON.stringify(this.rows.value(index, this.rows.place(name))) !== JSON.stringify(was)) this.pendings.delete(key);
    }
  }

  /** Give up what nobody has answered for so long; whether there was any. */
  dropUnanswered(milliseconds: number): boolean {
    const oldest = performance.now() - milliseconds;
    const late = [...this.pendings].filter(([, { since, refused }]) => refused === null && since < oldest);
    for (const [key] of late) this.pendings.delete(key);
    return late.length > 0;
  }
}
