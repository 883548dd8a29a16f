/** Where in the rows the screen is. No DOM.
 *
 *     10,000,000 rows of 28 px are 280,000,000 px; browsers draw nothing beyond some 16,000,000. So the bar is given at most TALLEST px,
 *     and what it says is stretched: dragged half-way down it means row 5,000,000. Wheel and keys move `top`, which counts real pixels.
 */

export const TALLEST = 4_000_000;

export class Place {
  /** The pixels above the first one that is seen, in a table as tall as all of its rows. */
  top = 0;
  total = 0;
  rowHeight = 28;
  /** Of what is seen of the rows. */
  height = 0;
  /** The row whose details are open below it, and how tall those are. */
  detail = -1;
  detailHeight = 0;

  get whole(): number {
    return this.total * this.rowHeight + (this.detail >= 0 ? this.detailHeight : 0);
  }

  /** How tall the bar is told that the rows are. */
  get told(): number {
    return Math.min(this.whole, TALLEST);
  }

  private get most(): number {
    return Math.max(0, this.whole - this.height);
  }

  /** Be at `top`, or as near to it as there are rows; whether that is somewhere else. */
  moveTo(top: number): boolean {
    const before = this.top;
    this.top = Math.max(0, Math.min(this.most, Math.round(top)));
    return this.top !== before;
  }

  /** What the bar shows for `top`. */
  get bar(): number {
    if (this.whole <= TALLEST) return this.top;
    return (this.top / this.most) * (this.told - this.height);
  }

  /** Somebody has moved the bar. */
  moveBar(bar: number): boolean {
    if (this.whole <= TALLEST) return this.moveTo(bar);
    return this.moveTo((bar / (this.told - this.height)) * this.most);
  }

  /** Where a line begins. */
  y(index: number): number {
    return index * this.rowHeight + (this.detail >= 0 && index > this.detail ? this.detailHeight : 0);
  }

  /** The line at a height. */
  rowAt(y: number): number {
    const row = Math.floor(y / this.rowHeight);
    if (this.detail < 0 || row <= this.detail) return row;
    return Math.max(this.detail, Math.floor((y - this.detailHeight) / this.rowHeight));
  }

  /** The lines that are seen, `end` not included. */
  seen(): { first: number; end: number } {
    const first = Math.max(0, Math.min(this.total, this.rowAt(this.top)));
    const end = Math.max(first, Math.min(this.total, this.rowAt(this.top + this.height - 1) + 1));
    return { first, end };
  }

  /** Have a line in full sight. */
  reveal(index: number): boolean {
    const y = this.y(index);
    if (y < this.top) return this.moveTo(y);
    if (y + this.rowHeight > this.top + this.height) return this.moveTo(y + this.rowHeight - this.height);
    return false;
  }
}

/** The rows to ask the session for: what is seen, a few more, and in the direction of travel a page more. */
export function wanted(seen: { first: number; end: number }, total: number, moved: number): { first: number; count: number } {
  const page = seen.end - seen.first;
  const before = MORE + (moved < -FAST ? page : 0);
  const after = MORE + (moved > FAST ? page : 0);
  const first = Math.max(0, seen.first - before);
  return { first, count: Math.min(total, seen.end + after) - first };
}

/** Rows beyond what is seen, so that a step further is here already. */
const MORE = 6;
/** Rows in one frame. */
const FAST = 2;

/** Whether rows asked for already are enough for what is seen now, with something to spare. */
export function covers(asked: { first: number; count: number }, seen: { first: number; end: number }, total: number): boolean {
  const spare = MORE / 2;
  return asked.first <= Math.max(0, seen.first - spare) && asked.first + asked.count >= Math.min(total, seen.end + spare);
}
