/** What scrolls: headings above, rows between, totals below; painted once a frame, when something has changed.
 *
 * One element has the bars. What is in it stands still (it is sticky), and the rows in that are moved by a transform: so
 * they are never seen without their words, however fast somebody drags, and headings never lag behind.
 */

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
const MOST_ROWS = 16;

export class Grid {
  readonly el = make("div", { role: "grid", class: "grid", tabindex: "0" });
  readonly over = make("div", { class: "over" });
  readonly pool: Pool;
  readonly header: Header;
  readonly flashes = new Flashes();
  private readonly sizer = make("div", { class: "sizer" });
  private readonly stage = make("div", { class: "stage" });
  private readonly head = make("div", { class: "head", role: "rowgroup" });
  private readonly view = make("div", { class: "view" });
  private readonly probe = make("div", { class: "probe" });
  private readonly totals: Totals;
  private readonly sized = new ResizeObserver(() => this.measure());
  private bar = 0;
  private headHeight = 0;
  private footHeight = 0;
  private target: number | null = null;
  private isWaiting = false;
  private asked = { first: 0, count: 0 };
  private lastFirst = 0;
  private size = "";

  constructor(
    private readonly state: State,
    private readonly acts: GridActs,
  ) {
    const rows = make("div", { class: "rows", role: "rowgroup" });
    this.view.append(rows);
    this.stage.append(this.head, this.view, this.probe);
    this.sizer.append(this.stage);
    this.el.append(this.sizer);
    this.pool = new Pool(rows, state);
    this.header = new Header(this.head, state, acts);
    this.totals = new Totals(this.stage, state);
    this.el.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.el.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
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
    this.glide();
    state.place.moveTo(state.place.top);
    if (state.place.top !== this.lastTop) this.flashes.clear();
    this.lastTop = state.place.top;
    this.stretch();
    this.stage.style.setProperty("--left", `${state.left}px`);
    this.pool.paint();
    this.header.paint();
    this.totals.paint();
    this.sayWhereFocusIs();
    this.ask();
    this.acts.painted();
  }

  private lastTop = 0;

  /** Have the bars as long as the rows and columns are. */
  private stretch(): void {
    const { place, width } = this.state;
    const size = `${width} ${place.told + this.headHeight + this.footHeight}`;
    if (size !== this.size) {
      this.size = size;
      this.sizer.style.width = `${width}px`;
      this.sizer.style.height = `${place.told + this.headHeight + this.footHeight}px`;
      const rows = Math.min(MOST_ROWS, Math.max(place.total, 2)) * place.rowHeight;
      this.el.style.setProperty("--tall", `${rows + this.headHeight + this.footHeight + 1}px`);
    }
    const bar = Math.round(place.bar);
    if (bar !== this.bar) this.el.scrollTop = this.bar = bar;
  }

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
    const { state } = this;
    const rowHeight = Math.max(12, Math.round(this.probe.offsetHeight));
    const row = state.place.rowHeight ? state.place.top / state.place.rowHeight : 0;
    if (rowHeight !== state.place.rowHeight) {
      state.place.rowHeight = rowHeight;
      state.place.moveTo(row * rowHeight);
      this.pool.spoil();
    }
    this.headHeight = this.head.offsetHeight;
    this.footHeight = this.totals.height;
    const { clientWidth: wide, clientHeight: high } = this.el;
    this.stage.style.width = this.over.style.width = `${wide}px`;
    this.stage.style.height = `${high}px`;
    this.view.style.top = this.over.style.top = `${this.headHeight}px`;
    state.place.height = Math.max(0, high - this.headHeight - this.footHeight);
    this.view.style.height = this.over.style.height = `${state.place.height}px`;
    this.stage.style.setProperty("--high", `${rowHeight}px`);
    this.over.style.setProperty("--high", `${rowHeight}px`);
    if (wide !== state.wide) {
      state.wide = wide;
      state.arrange();
    }
    this.soon();
  }

  /** The totals have come or gone. */
  remeasure(): void {
    this.totals.paint();
    this.measure();
  }

  // ── moving ──────────────────────────────────────────────────────────────────────────────────

  private scrolled(): void {
    const { place } = this.state;
    const { scrollTop, scrollLeft } = this.el;
    if (Math.abs(scrollTop - this.bar) >= 1) {
      this.bar = scrollTop;
      this.target = null;
      place.moveBar(scrollTop);
    }
    this.state.left = Math.max(0, scrollLeft);
    this.soon();
  }

  private wheel(event: WheelEvent): void {
    if (event.ctrlKey) return; // the page is made larger
    const { place, width, wide } = this.state;
    const unit = event.deltaMode === 1 ? place.rowHeight : event.deltaMode === 2 ? place.height : 1;
    const isSideways = event.shiftKey && !event.deltaX;
    const down = isSideways ? 0 : event.deltaY * unit;
    const aside = isSideways ? event.deltaY * unit : event.deltaX * unit;
    const canAside = aside !== 0 && width > wide && (aside < 0 ? this.el.scrollLeft > 0 : this.el.scrollLeft < width - wide);
    const canDown = down !== 0 && (down < 0 ? place.top > 0 : place.top < place.whole - place.height);
    if (!canAside && !canDown) return; // the page around may scroll
    event.preventDefault();
    if (canAside) this.el.scrollLeft += aside;
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
      const left = Math.min(placed.x, Math.max(state.left, placed.x + placed.width - room));
      if (left !== state.left) this.el.scrollLeft = state.left = left;
    }
    this.soon();
  }

  scrollTo(top: number): void {
    this.target = null;
    this.state.place.moveTo(top);
    this.soon();
  }
}

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

function set(el: Element, name: string, value: string): void {
  if (el.getAttribute(name) !== value) el.setAttribute(name, value);
}
