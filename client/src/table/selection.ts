/** Which cells and which rows are chosen. No DOM. */

import type { Spot } from "./types";

/** Cells from one corner to another; both may be the same cell. */
export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function rangeOf(a: Spot, b: Spot): Range {
  return {
    top: Math.max(0, Math.min(a.row, b.row)),
    bottom: Math.max(0, Math.max(a.row, b.row)),
    left: Math.min(a.column, b.column),
    right: Math.max(a.column, b.column),
  };
}

export function isIn(range: Range, row: number, column: number): boolean {
  return row >= range.top && row <= range.bottom && column >= range.left && column <= range.right;
}

/** The rows that a person has chosen, by id; `all` are all that there are, here or not. */
export class Chosen {
  ids = new Set<number>();
  all = false;

  constructor(given: number[] | { all: true } | null | undefined = []) {
    if (Array.isArray(given)) this.ids = new Set(given);
    else this.all = given?.all === true;
  }

  has(id: number | undefined): boolean {
    return id !== undefined && (this.all || this.ids.has(id));
  }

  get isEmpty(): boolean {
    return !this.all && this.ids.size === 0;
  }

  /** What the session is told. */
  get told(): { ids: number[] } | { all: true } {
    return this.all ? { all: true } : { ids: [...this.ids] };
  }

  only(ids: Iterable<number>): void {
    this.all = false;
    this.ids = new Set(ids);
  }

  /** The other way round; of all rows, those that are `here` are kept but for this one. */
  turn(id: number, here: number[]): void {
    if (this.all) this.only(here);
    if (!this.ids.delete(id)) this.ids.add(id);
  }

  everything(): void {
    this.all = true;
    this.ids.clear();
  }
}
