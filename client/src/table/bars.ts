/** The bars of a table: the browser's own, on empty elements beside the rows, below the headings and above the totals. */

import { make } from "./dom";

interface Room {
  top: number;
  bottom: number;
  wide: number;
  height: number;
  /** How tall and wide all of it is. */
  whole: number;
  width: number;
}

/** Bars that float over the rows, and take no room of theirs, are this thick. */
const FLOATING = 12;

export class Bars {
  private readonly down = make("div", { class: "bar-down", tabindex: "-1", "aria-hidden": "true" }, make("div"));
  private readonly aside = make("div", { class: "bar-aside", tabindex: "-1", "aria-hidden": "true" }, make("div"));
  /** What they take from the rows, in pixels; nothing where the system's float. */
  room = 0;
  private top = 0;
  private left = 0;
  private now = "";

  /** `moved` is called where a person has moved one of them, with where it is. */
  constructor(moved: (left: number | null, top: number | null) => void) {
    this.down.addEventListener("scroll", () => {
      if (Math.abs(this.down.scrollTop - this.top) >= 1) moved(null, (this.top = this.down.scrollTop));
    });
    this.aside.addEventListener("scroll", () => {
      if (Math.abs(this.aside.scrollLeft - this.left) >= 1) moved((this.left = this.aside.scrollLeft), null);
    });
  }

  get els(): HTMLElement[] {
    return [this.down, this.aside];
  }

  measure(): void {
    this.down.hidden = false;
    this.down.style.width = "40px";
    this.room = 40 - this.down.clientWidth;
    this.now = "";
  }

  layOut({ top, bottom, wide, height, whole, width }: Room): void {
    const now = `${top} ${bottom} ${wide} ${height} ${whole} ${width} ${this.room}`;
    if (now === this.now) return;
    this.now = now;
    const { down, aside } = this;
    const thick = this.room || FLOATING;
    down.hidden = whole <= height;
    aside.hidden = width <= wide;
    set(down, { top, bottom, width: thick });
    set(down.firstElementChild as HTMLElement, { width: 1, height: whole });
    set(aside, { width: wide, height: thick });
    set(aside.firstElementChild as HTMLElement, { width, height: 1 });
  }

  /** Stand where the rows are. */
  show(left: number, top: number): void {
    if (Math.round(top) !== this.top) this.down.scrollTop = this.top = Math.round(top);
    if (left !== this.left) this.aside.scrollLeft = this.left = left;
  }
}

function set(el: HTMLElement, sizes: Record<string, number>): void {
  for (const [name, size] of Object.entries(sizes)) el.style.setProperty(name, `${size}px`);
}
