/** Cells that have just changed light up for a moment: green upwards, red downwards, the theme's colour for what is neither. */

import type { Cell } from "./cells";
import { numberOf } from "./model";
import type { Value } from "./types";

/** How long it takes to fade, in milliseconds; the style sheet has the same. */
const LASTS = 700;

export class Flashes {
  private readonly lit = new Map<Cell, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Light a cell up; one that is lit already begins again. */
  light(cell: Cell, before: Value, now: Value): void {
    const [from, to] = [numberOf(before), numberOf(now)];
    const way = to > from ? "up" : to < from ? "down" : "new";
    // Two animations that look the same: taking the other one begins again, without asking the browser for a layout.
    cell.flash = cell.flash === `${way} a` ? `${way} b` : `${way} a`;
    cell.el.className = `${cell.look} ${cell.flash}`;
    this.lit.delete(cell); // so that the oldest stands first
    this.lit.set(cell, performance.now() + LASTS);
    this.timer ??= setTimeout(this.sweep, LASTS);
  }

  /** Other rows are in these cells now. */
  clear(): void {
    for (const cell of this.lit.keys()) dim(cell);
    this.lit.clear();
  }

  private readonly sweep = (): void => {
    const now = performance.now();
    this.timer = undefined;
    for (const [cell, until] of this.lit) {
      if (until > now) {
        this.timer = setTimeout(this.sweep, until - now + LASTS / 8);
        return;
      }
      dim(cell);
      this.lit.delete(cell);
    }
  };
}

function dim(cell: Cell): void {
  cell.flash = "";
  cell.el.className = cell.look;
}
