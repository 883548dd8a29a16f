/** The rows that are here: the window of them that the session gave last, kept up to date cell by cell. No DOM. */

import type { RowsProp, Tone, Value } from "./types";

const NOTHING: RowsProp = { view: 0, columns: [], first: 0, total: 0, exact: true, keys: [], cells: [] };

/** Told of each cell that has really changed: its line among all lines, its column's place in `columns`, and what it was. */
export type Differs = (index: number, place: number, before: Value) => void;

export class Rows {
  private readonly places = new Map<string, number>();
  private readonly indices = new Map<number, number>();
  private readonly tones = new Map<number, Tone>();

  constructor(readonly prop: RowsProp = NOTHING) {
    prop.columns.forEach((name, place) => this.places.set(name, place));
    prop.keys.forEach((id, row) => this.indices.set(id, prop.first + row));
    for (const [row, place, tone] of prop.tones ?? []) this.tones.set(this.cell(row, place), tone);
  }

  get first(): number {
    return this.prop.first;
  }

  get end(): number {
    return this.prop.first + this.prop.keys.length;
  }

  get total(): number {
    return this.prop.total;
  }

  has(index: number): boolean {
    return index >= this.first && index < this.end;
  }

  /** The id of a line; undefined where it is not here. */
  id(index: number): number | undefined {
    return this.prop.keys[index - this.first];
  }

  /** Where the line with this id is; undefined where it is not here. */
  indexOf(id: number): number | undefined {
    return this.indices.get(id);
  }

  /** A column's place in the order of cells; -1 if its cells do not come along. */
  place(name: string): number {
    return this.places.get(name) ?? -1;
  }

  value(index: number, place: number): Value {
    return this.prop.cells[place]?.[index - this.first] ?? null;
  }

  tone(index: number, place: number): Tone {
    return this.tones.get(this.cell(index - this.first, place)) ?? null;
  }

  level(index: number): number {
    return this.prop.levels?.[index - this.first] ?? 0;
  }

  /** How many rows are in a group; null for a row. */
  size(index: number): number | null {
    return this.prop.sizes?.[index - this.first] ?? null;
  }

  isOpen(index: number): boolean {
    return this.prop.open?.[index - this.first] ?? false;
  }

  /** Take new values for some cells; `rows` count from `first`. What is out of bounds is left alone. */
  update(rows: number[], places: number[], values: Value[], tones: Tone[] | null, differs: Differs): void {
    const { cells, keys, first } = this.prop;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const column = cells[places[i]!];
      if (column === undefined || row < 0 || row >= keys.length) continue;
      const before = column[row] ?? null;
      column[row] = values[i] ?? null;
      if (tones !== null) this.setTone(row, places[i]!, tones[i] ?? null);
      differs(first + row, places[i]!, before);
    }
  }

  private setTone(row: number, place: number, tone: Tone): void {
    if (tone === null) this.tones.delete(this.cell(row, place));
    else this.tones.set(this.cell(row, place), tone);
  }

  private cell(row: number, place: number): number {
    return row * this.prop.columns.length + place;
  }
}

/** A number for comparing: of decimals that travel as text, too; NaN for what is none. */
export function numberOf(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "string") return value === "" ? NaN : Number(value);
  if (value !== null && typeof value === "object" && "n" in value && !("t" in value)) return Number(value.n);
  return NaN;
}

/** Whether a text came shortened, or bytes only as their count: what is whole only the session knows. */
export function isPartial(value: Value): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value) && ("t" in value || "b" in value);
}
