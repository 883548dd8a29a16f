/** Cells that have just changed light up for a moment: green upwards, red downwards, the theme's colour for what is neither.
 *
 * Two steps, loud and quiet, and no animation: 160 cells that fade in every frame cost a browser three times what their new words do.
 */

import type { Cell } from "./cells";
import { numberOf } from "./model";
import type { Value } from "./types";

/** In milliseconds: how long a cell is lit up loudly, and altogether. */
const LOUD = 250;
const LASTS = 700;
/** How often the lights are looked after. */
const STEP = 100;

export class Flashes {
  /** Since when each cell is lit; the oldest first. */
  private readonly lit = new Map<Cell, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Light a cell up; one that is lit already begins again. */
  light(cell: Cell, before: Value, now: Value): void {
    const [from, to] = [numberOf(before), numberOf(now)];
    show(cell, to > from ? "up" : to < from ? "down" : "new");
    this.lit.delete(cell); // so that it stands last
    this.lit.set(cell, performance.now());
    this.timer ??= setTimeout(this.sweep, STEP);
  }

  /** Other rows are in these cells now. */
  clear(): void {
    for (const cell of this.lit.keys()) show(cell, "");
    this.lit.clear();
  }

  private readonly sweep = (): void => {
    const now = performance.now();
    for (const [cell, since] of this.lit) {
      if (now - since < LOUD) break;
      if (now - since < LASTS) show(cell, `${cell.flash.split(" ", 1)[0]} faint`);
      else {
        show(cell, "");
        this.lit.delete(cell);
      }
    }
    this.timer = this.lit.size ? setTimeout(this.sweep, STEP) : undefined;
  };
}

function show(cell: Cell, flash: string): void {
  if (cell.flash === flash) return;
  cell.flash = flash;
  cell.el.className = flash ? `${cell.look} ${flash}` : cell.look;
}
