/** The rows that the server has sent, column by column, and how they change. No DOM. */

export type Column = (number | null)[];

/** `points` of the wire: all rows; see ui/charts/plot.py. */
export interface Whole {
  number: number;
  columns: string[];
  extent: Span | null;
  steps: [number, number] | null;
}

export type Span = [number, number];

export class Points {
  number = 0;
  /** x, then the values; null where there is a gap. */
  columns: [number[], ...Column[]] = [[]];
  /** The least and the greatest x of all that there is, not only of what is here. */
  extent: Span | null = null;
  steps: [number, number] | null = null;

  take(whole: Whole, width: number): void {
    const [xs, ...columns] = whole.columns.map(decoded);
    this.number = whole.number;
    this.columns = [(xs ?? []) as number[], ...columns];
    while (this.columns.length <= width) this.columns.push([]);
    this.extent = whole.extent;
    this.steps = whole.steps;
  }

  /** Forget rows at the front, take some back at the end, append others; false if this is not what comes next. */
  append(number: number, front: number, back: number, more: string[], extent: Span | null): boolean {
    if (number !== this.number + 1) return false;
    this.number = number;
    this.extent = extent;
    more.map(decoded).forEach((values, place) => {
      const column = this.columns[place] as Column;
      if (back) column.length -= back;
      if (front) column.splice(0, front);
      for (const value of values) column.push(value);
    });
    return true;
  }

  get count(): number {
    return this.columns[0].length;
  }

  /** The place of the row nearest to `x`; -1 where there is none. */
  nearest(x: number): number {
    const xs = this.columns[0];
    const after = firstFrom(xs, x);
    if (after === xs.length) return xs.length - 1;
    return after > 0 && x - (xs[after - 1] as number) < (xs[after] as number) - x ? after - 1 : after;
  }
}

/** The place of the first of some ordered numbers that is not less than `x`. */
export function firstFrom(xs: number[], x: number): number {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function decoded(text: string): Column {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 8 }, (_, place) => {
    const value = view.getFloat64(place * 8, true);
    return Number.isNaN(value) ? null : value;
  });
}

/** Values on top of each other: each column becomes the sum of those shown up to it. */
export function stacked(columns: Column[], isShown: (place: number) => boolean): Column[] {
  const sums: number[] = [];
  return columns.map((column, place) => {
    if (!isShown(place)) return column;
    return column.map((value, row) => {
      if (value === null) return null;
      return (sums[row] = (sums[row] ?? 0) + value);
    });
  });
}

/** What lies between the least and the greatest of all that is drawn must be a number, too. */
const HUGE = 7e307;

/** A column without what cannot be drawn: nothing below or at 0 has a logarithm. */
export function drawableOf(column: Column, isLog: boolean): Column {
  if (isLog) return column.map((value) => (value !== null && value > 0 ? Math.min(value, HUGE) : null));
  const isHuge = column.some((value) => value !== null && Math.abs(value) > HUGE);
  return isHuge ? column.map((value) => value && Math.min(Math.max(value, -HUGE), HUGE)) : column;
}

/** The least and the greatest of a column. */
export function limits(column: Column): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of column) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
