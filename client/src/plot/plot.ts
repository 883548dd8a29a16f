/** <hf-plot>: a chart that goes on: the server sends what can be seen, this draws it, and says where its person looks.
 *
 * A stretch of x that somebody has zoomed to is `range`; without one the chart shows all, or slides with the newest points.
 */

import { html, nothing, type PropertyValues } from "lit";
import { guard } from "lit/directives/guard.js";
import uPlot from "uplot";
import { back, empty, legend, type Surrounded, table } from "./around";
import { type Colours, coloursAt, watchColours } from "./colours";
import { canScroll, listen } from "./gestures";
import { Given } from "./given";
import { pressed } from "./keys";
import { fieldAt } from "./painters";
import { join, leave, others } from "./linked";
import { look } from "./look";
import { type Chart, hasMoments, optionsOf, wholeOf } from "./options";
import { type Column, drawableOf, Points, type Span, stacked } from "./points";
import { Reading } from "./reading";

/** Between two times of telling the server where somebody looks, and of putting the chart into words, in milliseconds. */
const TELLING = 60;
const WORDS = 1500;

export class Plot extends Given {
  static override styles = look;
  readonly held = new Points();
  /** What is shown now; null where there is nothing. */
  shown: Span | null = null;
  private readonly said = new Reading(this);
  private drawn: Column[] = [];
  private plot: uPlot | null = null;
  private colours: Colours | null = null;
  private frame = 0;
  private telling: ReturnType<typeof setTimeout> | undefined;
  private wording: ReturnType<typeof setTimeout> | undefined;
  private isLost = false; // something that the server has sent did not come
  private isPointing = false; // a mouse is over it, or a keyboard has moved the cursor: it is this person's
  private unwatch: (() => void) | undefined;
  private readonly measured = new ResizeObserver(() => this.resized());

  override connectedCallback(): void {
    super.connectedCallback();
    join(this);
    this.unwatch = watchColours(() => this.rebuild());
    if (this.hasUpdated) {
      this.measured.observe(this.area);
      this.rebuild();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    leave(this);
    this.unwatch?.();
    this.measured.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.telling);
    clearTimeout(this.wording);
    this.frame = 0;
    this.telling = this.wording = undefined;
    this.plot?.destroy();
    this.plot = null;
  }

  override firstUpdated(): void {
    this.measured.observe(this.area);
    this.area.addEventListener("pointermove", () => (this.isPointing = true));
    this.area.addEventListener("pointerleave", () => {
      this.isPointing = false;
      if (this.link) this.tellPointed(null);
    });
    listen(this.area, {
      plot: () => this.plot,
      range: () => this.shown,
      extent: () => this.extent,
      look: (range) => this.look(range),
      takesWheel: () => this.renderRoot.contains((this.renderRoot as ShadowRoot).activeElement) || !canScroll(),
    });
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("points") && this.points.number !== this.held.number) {
      this.held.take(this.points, this.width);
      this.at = null;
    }
  }

  override updated(changed: PropertyValues<this>): void {
    const isOther = ["kind", "series", "options", "labels", "rows", "time", "window"].some((name) => changed.has(name as keyof Plot));
    if (isOther || (changed.has("hiding") && this.options.stacked)) this.rebuild();
    else if (changed.has("hiding")) this.hide();
    if (["points", "range", "hiding"].some((name) => changed.has(name as keyof Plot))) this.redraw();
    if (changed.has("cursor") && this.cursor !== this.pointed) this.pointAt(this.cursor);
  }

  // ── what the server says ──────────────────────────────────────────────────────────────────────

  more(number: number, front: number, back: number, columns: string[], extent: Span | null): void {
    if (this.points.number > this.held.number) this.held.take(this.points, this.width);
    if (number <= this.held.number) return; // held already: it came with a whole
    if (!this.held.append(number, front, back, columns, extent)) return this.tell(true);
    if (this.at !== null) this.at = Math.max(0, this.at - front);
    this.redraw();
  }

  // ── where a person looks ──────────────────────────────────────────────────────────────────────

  /** Show this stretch of x; null for all, or the newest. */
  look(range: Span | null): void {
    this.follow(range);
    for (const other of others(this)) other.follow(range);
    this.dispatchEvent(new CustomEvent("zoom"));
  }

  follow(range: Span | null): void {
    this.range = range;
    this.draw();
    this.tell();
  }

  /** Tell the server; `again` if something that it has sent did not come. */
  private tell(again = false): void {
    this.isLost ||= again;
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      const width = Math.round(this.plot?.over.clientWidth ?? 0);
      if (!width || !this.isConnected) return;
      const { view, range, isLost } = this;
      if (view && !isLost && Math.abs(view.width - width) < width * 0.04 && same(view.range, range)) return;
      this.view = { width, range, again: isLost };
      this.isLost = false;
      this.dispatchEvent(new CustomEvent("view"));
    }, this.view ? TELLING : 0);
  }

  /** Put the cursor at `x`, because a linked chart has its there; nowhere if that cannot be seen. */
  pointAt(x: number | null): void {
    const { plot, shown } = this;
    if (!plot) return;
    const isInside = x !== null && shown !== null && x >= shown[0] && x <= shown[1];
    plot.setCursor(isInside ? { left: plot.valToPos(x, "x"), top: 10 } : { left: -10, top: -10 });
  }

  private moved(plot: uPlot): void {
    const { left = -1, top = -1, idx } = plot.cursor;
    const isField = this.kind === "heatmap" && this.isPointing;
    const place = left < 0 ? null : isField ? fieldAt(this.held, plot.posToVal(left, "x"), plot.posToVal(top, "y")) : (idx ?? null);
    if (place !== this.at) this.at = place;
    if (this.isPointing && this.link) this.tellPointed(place === null ? null : plot.posToVal(left, "x"));
  }

  /** Have linked charts point at the same place. */
  private tellPointed(x: number | null): void {
    if (x === this.pointed) return;
    this.pointed = x;
    for (const other of others(this)) other.pointAt(x);
    this.dispatchEvent(new CustomEvent("point"));
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────────

  private get area(): HTMLElement {
    return this.renderRoot.querySelector(".area") as HTMLElement;
  }

  private get width(): number {
    return this.kind === "candlestick" ? 4 : this.kind === "heatmap" ? 2 : Math.max(this.series.length, 1);
  }

  get extent(): Span | null {
    return wholeOf({ kind: this.kind, labels: this.labels, points: this.held }, null);
  }

  private get chart(): Chart {
    const colours = this.colours as Colours;
    const { kind, series, options, labels, rows, held } = this;
    const isShown = (place: number): boolean => !this.hiding.has(place);
    return {
      kind, series, options, labels, rows, colours, points: held, isTime: this.time && hasMoments(true, held.extent ?? [0, 0]) && kind !== "histogram",
      picture: () => ({ kind, colours, points: held, drawn: this.drawn, isShown, isStacked: options.stacked }),
    };
  }

  /** Make the plot anew: what it shows, or how, is another thing now. */
  private rebuild(): void {
    this.plot?.destroy();
    this.plot = null;
    const { clientWidth: width, clientHeight: height } = this.area;
    if (!this.isConnected || width < 20 || height < 20) return;
    this.colours = coloursAt(this.renderRoot.querySelector(".probe") as HTMLElement, this.series);
    const place = this.renderRoot.querySelector(".canvas") as HTMLElement;
    const options = optionsOf(this.chart, width, height, (plot) => this.moved(plot), () => this.word());
    this.plot = new uPlot(options, this.toDraw(), place); // without data it would not look how high y goes, until there is other data
    this.plot.over.style.cursor = "inherit";
    this.hide();
    this.draw();
    this.tell();
    this.requestUpdate();
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.area;
    if (!this.plot) return this.rebuild();
    if (width < 20 || height < 20) return;
    this.plot.setSize({ width, height });
    this.tell();
  }

  private hide(): void {
    if (this.kind === "candlestick" || this.kind === "heatmap" || !this.plot) return;
    for (let place = 1; place < this.plot.series.length; place++) this.plot.setSeries(place, { show: !this.hiding.has(place - 1) });
  }

  /** Draw with the next frame of the screen, however often something comes until then. */
  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
      this.requestUpdate();
    });
  }

  private draw(): void {
    const { plot, held } = this;
    if (!plot) return;
    const data = this.toDraw();
    const shown = (this.shown = this.range ?? wholeOf({ kind: this.kind, labels: this.labels, points: held }, this.window));
    plot.batch(() => {
      plot.setData(data, false);
      plot.setScale("x", shown ? { min: shown[0], max: shown[1] } : { min: 0, max: 1 });
    });
    if (!this.isConnected) return;
    if (this.cursor !== null && this.link && !this.isPointing) this.pointAt(this.cursor);
  }

  private toDraw(): uPlot.AlignedData {
    const [xs, ...columns] = this.held.columns;
    const drawable = columns.map((column) => drawableOf(column, this.options.log));
    this.drawn = this.options.stacked ? stacked(drawable, (place) => !this.hiding.has(place)) : drawable;
    return [xs, ...(this.kind === "heatmap" ? this.drawn.slice(0, 1) : this.drawn)] as uPlot.AlignedData;
  }

  // ── words and keys ─────────────────────────────────────────────────────────────────────────────────────

  /** Put the chart into words, now and then. */
  private word(): void {
    this.wording ??= setTimeout(() => {
      this.wording = undefined;
      if (this.shown) this.saying = this.said.words(this.shown);
    }, this.saying.summary ? WORDS : 0);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.target === this.area && this.shown && this.plot) pressed(event, this.plot, this.shown, this);
  };

  /** Put the cursor at a row, and read it out. */
  readOut(row: number): void {
    const x = this.held.columns[0][row] as number;
    if (!this.plot || !this.shown || x < this.shown[0] || x > this.shown[1]) return;
    this.plot.setCursor({ left: this.plot.valToPos(x, "x"), top: 10 });
    this.at = row;
    this.told = this.said.row(row);
    if (this.link) this.tellPointed(x);
  }

  // ── what stands around it ─────────────────────────────────────────────────────────────────────

  override render(): unknown {
    const { label, held } = this;
    return html`<div class="head">${this.titled ? html`<span class="title" aria-hidden="true">${label}</span>` : nothing}
        ${this.options.legend ? legend(this.surrounded) : nothing}
        ${this.range === null ? nothing : back(this.window === null, () => this.look(null))}</div>
      <div class="area" tabindex="0" role="application" aria-roledescription="chart" aria-label=${label} aria-describedby="summary" @keydown=${this.pressed}>
        <div class="canvas" aria-hidden="true" ?hidden=${!held.count}></div>${empty(!held.count, this.reading, held.extent !== null && this.range !== null, this.failure)}</div>
      <span class="probe" aria-hidden="true"></span>
      <div class="words"><p id="summary">${this.saying.summary} Arrow keys read its values, plus and minus zoom, Home shows all.</p>
        ${guard([this.saying], () => table(this.saying, label, this.across))}</div>
      <div class="words" role="status">${this.told}</div>`;
  }

  private get surrounded(): Surrounded {
    const { kind, held, colours, at, hiding } = this;
    return { kind, held, colours, at, hiding, reading: this.said, toggle: (place) => this.toggle(place) };
  }

  private toggle(place: number): void {
    const hiding = new Set(this.hiding);
    if (!hiding.delete(place)) hiding.add(place);
    this.hiding = hiding;
  }
}

function same(one: Span | null, other: Span | null): boolean {
  return one === other || (one !== null && other !== null && one[0] === other[0] && one[1] === other[1]);
}

customElements.define("hf-plot", Plot);
