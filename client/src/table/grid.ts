/** What scrolls: headings above, rows between, totals below; painted once a frame, when something has changed.
 *
 * Nothing in it scrolls by itself: the bars say where to be, and the rows are moved by a transform. So they are never seen
 * without their words, however fast somebody drags, and headings never lag behind.
 */

import { Bars } from "./bars";
import { make } from "./dom";
import { Flashes } from "./flash";
import { Header, type HeaderActs } from "./header";
import { Pool } from "./pool";
import { covers, wanted } from "./scroll";
import type { State } from "./state";
import { Totals } from "./totals";

export interface GridActs extends HeaderActs {
  /** Rows that the session should send. */
  view(first: number, count: number): void;
  /** Something has been painted: whatever stands over the rows goes along. */
  painted(): void;
}

/** So much at once, in pixels, is a notch of a mouse's wheel and not a finger's movement. */
const NOTCH = 50;
/** Of the way that is left, in every frame. */
const EASE = 0.45;
/** The longest that painting waits for: a page that is not on the screen yet gets no animation frames. */
const LONGEST = 100;
/** A table that nobody gave a height is this many rows tall, at most. */
const MOST_ROWS = 12;

export class Grid {
  readonly el = make("div", { role: "grid", class: "grid", tabindex: "0" });
  readonly over = make("div", { class: "over" });
  readonly pool: Pool;
  readonly header: Header;
  readonly flashes = new Flashes();
  readonly bars = new Bars((left, top) => this.barMoved(left, top));
  private readonly head = make("div", { class: "head", role: "rowgroup" });
  private readonly view = make("div", { class: "view" });
  private readonly probe = make("div", { class: "probe" });
  private readonly totals: Totals;
  private readonly sized = new ResizeObserver(() => this.measure());
  private headHeight = 0;
  private footHeight = 0;
  private target: number | null = null;
  private isWaiting = false;
  private asked = { first: 0, count: 0 };
  private lastFirst = 0;
  private tall = 0;
  private box = { wide: 0, high: 0 };

  constructor(
    private readonly state: State,
    private readonly acts: GridActs,
  ) {
    const rows = make("div", { class: "rows", role: "rowgroup" });
    this.view.append(rows);
    this.el.append(this.head, this.view, this.probe);
    this.pool = new Pool(rows, state);
    this.header = new Header(this.head, state, acts);
    this.totals = new Totals(this.el, state);
    for (const el of [this.el, ...this.bars.els]) el.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  connect(): void {
    this.sized.observe(this.el);
    this.sized.observe(this.probe);
    this.sized.observe(this.head);
  }

  disconnect(): void {
    this.sized.disconnect();
  }

  // ── painting ────────────────────────────────────────────────────────────────────────────────

  /** Paint with the next frame; what was painted before stays where it has not changed. */
  soon(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    const timer = setTimeout(() => paint(), LONGEST);
    const paint = () => {
      if (!this.isWaiting) return;
      this.isWaiting = false;
      clearTimeout(timer);
      this.paint();
    };
    requestAnimationFrame(paint);
  }

  /** Rows or columns are others now. */
  anew(): void {
    this.pool.spoil();
    this.soon();
  }

  private paint(): void {
    const { state } = this;
    if (state.place.height <= 0 || !this.el.isConnected) return;
    this.layOut();
    this.glide();
    state.place.moveTo(state.place.top);
    if (state.place.top !== this.lastTop) this.flashes.clear();
    this.lastTop = state.place.top;
    this.bars.show(state.left, state.place.bar);
    this.el.style.setProperty("--left", `${state.left}px`);
    this.pool.paint();
    this.header.paint();
    this.totals.paint();
    this.sayWhereFocusIs();
    this.ask();
    this.acts.painted();
  }

  private lastTop = 0;

  private sayWhereFocusIs(): void {
    const { at, rows, arranged, isGrouped, details } = this.state;
    const active = at.row < 0 ? this.header.heading(at.column) : this.pool.cell(at.row, at.column);
    set(this.el, "aria-activedescendant", active?.id ?? "");
    set(this.el, "aria-rowcount", String(rows.prop.exact ? rows.total + 1 + (this.totals.isShown ? 1 : 0) : -1));
    set(this.el, "aria-colcount", String(arranged.all.length));
    set(this.el, "role", isGrouped || details ? "treegrid" : "grid"); // only rows of a tree unfold
  }

  private ask(): void {
    const { place } = this.state;
    const seen = place.seen();
    const moved = seen.first - this.lastFirst;
    this.lastFirst = seen.first;
    if (seen.end === seen.first || covers(this.asked, seen, place.total)) return;
    this.asked = wanted(seen, place.total, moved);
    this.acts.view(this.asked.first, this.asked.count);
  }

  /** The session has been asked something else, so it is to be told anew which rows are seen. */
  forgetAsked(): void {
    this.asked = { first: 0, count: 0 };
  }

  // ── sizes ───────────────────────────────────────────────────────────────────────────────────

  private measure(): void {
    const { place } = this.state;
    const rowHeight = Math.max(12, Math.round(this.probe.offsetHeight));
    const row = place.rowHeight ? place.top / place.rowHeight : 0;
    if (rowHeight !== place.rowHeight) {
      place.rowHeight = rowHeight;
      place.moveTo(row * rowHeight);
      this.pool.spoil();
    }
    this.headHeight = this.head.offsetHeight;
    this.footHeight = this.totals.height;
    this.box = { wide: this.el.clientWidth, high: this.el.clientHeight };
    this.bars.measure();
    for (const el of [this.el, this.over]) el.style.setProperty("--high", `${rowHeight}px`);
    this.layOut();
    this.soon();
  }

  /** Share the room out between headings, rows, totals and the bars that are needed; reads no layout. */
  private layOut(): void {
    const { state, bars, headHeight, footHeight, box } = this;
    const { place } = state;
    const aside = state.width > box.wide ? bars.room : 0;
    place.height = Math.max(0, box.high - headHeight - footHeight - aside);
    const wide = box.wide - (place.whole > place.height ? bars.room : 0);
    if (wide !== state.wide) {
      state.wide = wide;
      state.arrange();
    }
    const top = `${headHeight}px`;
    const height = `${place.height}px`;
    for (const { style } of [this.view, this.over]) {
      if (style.top !== top) style.top = top;
      if (style.height !== height) style.height = height;
      if (style.width !== `${wide}px`) style.width = `${wide}px`;
    }
    this.totals.put(aside);
    bars.layOut({ top: headHeight, bottom: footHeight + aside, wide, height: place.height, whole: place.told, width: state.width });
    const tall = Math.min(MOST_ROWS, Math.max(place.total, 2)) * place.rowHeight + headHeight + footHeight + aside + 1;
    if (tall !== this.tall) this.el.style.setProperty("--tall", `${(this.tall = tall)}px`);
  }

  /** The totals have come or gone. */
  remeasure(): void {
    this.totals.paint();
    this.measure();
  }

  // ── moving ──────────────────────────────────────────────────────────────────────────────────

  private barMoved(left: number | null, top: number | null): void {
    if (top !== null) {
      this.target = null;
      this.state.place.moveBar(top);
    }
    if (left !== null) this.state.left = left;
    this.soon();
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey) return; // the page is made larger
    const { place, width, wide } = this.state;
    const unit = event.deltaMode === 1 ? place.rowHeight : event.deltaMode === 2 ? place.height : 1;
    const isSideways = event.shiftKey && !event.deltaX;
    const down = isSideways ? 0 : event.deltaY * unit;
    const aside = isSideways ? event.deltaY * unit : event.deltaX * unit;
    const canAside = aside !== 0 && width > wide && (aside < 0 ? this.state.left > 0 : this.state.left < width - wide);
    const canDown = down !== 0 && (down < 0 ? place.top > 0 : place.top < place.whole - place.height);
    if (!canAside && !canDown) return; // the page around may scroll
    event.preventDefault();
    if (canAside) this.scrollAside(aside);
    if (canDown) this.scrollBy(down, Math.abs(down) >= NOTCH || event.deltaMode !== 0);
  }

  /** Go up or down, gliding and to a whole row if it is a `notch`. */
  scrollBy(pixels: number, notch = false): void {
    const { place } = this.state;
    const to = (notch ? (this.target ?? place.top) : place.top) + pixels;
    if (notch) this.target = Math.round(to / place.rowHeight) * place.rowHeight;
    else place.moveTo(to);
    if (notch && CALM.matches) this.arrive();
    this.soon();
  }

  scrollAside(pixels: number): void {
    const { state } = this;
    state.left = Math.max(0, Math.min(Math.round(state.left + pixels), state.width - state.wide));
    this.soon();
  }

  private glide(): void {
    if (this.target === null) return;
    const { place } = this.state;
    const left = this.target - place.top;
    if (Math.abs(left) < 2 || !place.moveTo(place.top + left * EASE)) return this.arrive();
    queueMicrotask(() => this.soon());
  }

  private arrive(): void {
    if (this.target !== null) this.state.place.moveTo(this.target);
    this.target = null;
  }

  /** Have a cell in full sight. */
  reveal(row: number, column: number): void {
    const { state } = this;
    this.arrive();
    if (row >= 0) state.place.reveal(row);
    const placed = state.arranged.all[column];
    if (placed && placed.pin === null) {
      const room = state.wide - state.arranged.start - state.arranged.end;
      state.left = Math.min(placed.x, Math.max(state.left, placed.x + placed.width - room));
    }
    this.soon();
  }

  scrollTo(top: number, left = this.state.left): void {
    this.target = null;
    this.state.place.moveTo(top);
    this.scrollAside(left - this.state.left);
  }
}

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

function set(el: Element, name: string, value: string): void {
  if (el.getAttribute(name) !== value) el.setAttribute(name, value);
}
