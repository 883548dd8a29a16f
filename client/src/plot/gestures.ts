/** Zooming and panning by mouse, finger, wheel and key: each becomes another stretch of x. */

import type uPlot from "uplot";
import type { Span } from "./points";

export interface Looked {
  plot: () => uPlot | null;
  /** What is shown now, and all that there is. */
  range: () => Span | null;
  extent: () => Span | null;
  /** Show this; null for the newest, or all. */
  look: (range: Span | null) => void;
  /** Whether the wheel is meant for the chart, and not for the page around it. */
  takesWheel: () => boolean;
}

/** Dragged less far than this, in pixels, it was a click. */
const LEAST_DRAG = 5;
/** Closer than so many times the size of x nobody can look: neighbouring numbers are not far. */
const FINEST = 1e-13;

export function listen(area: HTMLElement, looked: Looked): void {
  const gestures = new Gestures(looked);
  area.addEventListener("pointerdown", (event) => gestures.begun(event, area));
  area.addEventListener("pointermove", (event) => gestures.moved(event));
  for (const name of ["pointerup", "pointercancel"] as const) area.addEventListener(name, (event) => gestures.ended(event));
  area.addEventListener("dblclick", () => looked.look(null));
  area.addEventListener("wheel", (event) => gestures.wheeled(event), { passive: false });
}

class Gestures {
  /** Fingers and buttons that are down, and where. */
  private readonly down = new Map<number, PointerEvent>();
  private begin: { range: Span; x: number; apart: number } | null = null;
  private isSelecting = false;

  constructor(private readonly looked: Looked) {}

  begun(event: PointerEvent, area: HTMLElement): void {
    const [plot, range] = [this.looked.plot(), this.looked.range()];
    if (!plot || !range || event.button !== 0) return;
    if ((event.target as Element).closest("button")) return;
    this.down.set(event.pointerId, event);
    area.setPointerCapture(event.pointerId);
    const isOnAxis = event.clientY > plot.over.getBoundingClientRect().bottom;
    this.isSelecting = event.pointerType === "mouse" && !event.shiftKey && !isOnAxis;
    this.start(range);
  }

  moved(event: PointerEvent): void {
    const plot = this.looked.plot();
    if (!this.down.has(event.pointerId) || !this.begin || !plot) return;
    this.down.set(event.pointerId, event);
    if (this.isSelecting) return this.select(plot);
    const { range, x, apart } = this.begin;
    const [now, width] = [this.middle(), plot.over.clientWidth || 1];
    const factor = this.down.size > 1 && this.apart() > 0 ? apart / this.apart() : 1;
    const span = (range[1] - range[0]) * factor;
    const left = plot.over.getBoundingClientRect().left;
    const held = range[0] + ((x - left) / width) * (range[1] - range[0]);
    const low = held - ((now - left) / width) * span;
    this.show([low, low + span]);
  }

  ended(event: PointerEvent): void {
    const plot = this.looked.plot();
    if (!this.down.delete(event.pointerId) || !plot) return;
    const range = this.looked.range();
    if (this.isSelecting) {
      const { left, width } = plot.select;
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      if (event.type === "pointerup" && width >= LEAST_DRAG) this.show([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
    }
    this.isSelecting = false;
    if (this.down.size && range) this.start(range);
    else this.begin = null;
  }

  wheeled(event: WheelEvent): void {
    const [plot, range] = [this.looked.plot(), this.looked.range()];
    if (!plot || !range || !(event.ctrlKey || event.metaKey || this.looked.takesWheel())) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    const box = plot.over.getBoundingClientRect();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      return this.show(shifted(range, (sideways * unit) / (box.width || 1)));
    }
    const part = Math.min(Math.max((event.clientX - box.left) / (box.width || 1), 0), 1);
    this.show(zoomed(range, Math.exp(event.deltaY * unit * 0.0016), part));
  }

  private start(range: Span): void {
    this.begin = { range, x: this.middle(), apart: this.apart() };
  }

  private select(plot: uPlot): void {
    const box = plot.over.getBoundingClientRect();
    const inside = (x: number): number => Math.min(Math.max(x - box.left, 0), box.width);
    const [from, to] = [inside(this.begin?.x ?? 0), inside(this.middle())];
    plot.setSelect({ left: Math.min(from, to), top: 0, width: Math.abs(to - from), height: box.height }, false);
  }

  private show(range: Span): void {
    this.looked.look(within(range, this.looked.extent()));
  }

  private middle(): number {
    const all = [...this.down.values()];
    return all.reduce((sum, event) => sum + event.clientX, 0) / (all.length || 1);
  }

  private apart(): number {
    const [one, other] = [...this.down.values()];
    return one && other ? Math.abs(one.clientX - other.clientX) : 0;
  }
}

/** The same stretch, so many times as long, with what is at `part` of it staying where it is. */
export function zoomed([low, high]: Span, factor: number, part: number): Span {
  const held = low + (high - low) * part;
  const span = (high - low) * factor;
  return [held - span * part, held + span * (1 - part)];
}

/** A stretch further on, by a part of its length. */
export function shifted([low, high]: Span, part: number): Span {
  const by = (high - low) * part;
  return [low + by, high + by];
}

/** The nearest stretch that makes sense: not finer than numbers are, nor longer than twice all that there is, nor away from it. */
export function within(range: Span, extent: Span | null): Span {
  let [low, high] = range;
  const finest = Math.max(Math.abs(low), Math.abs(high)) * FINEST || Number.MIN_VALUE;
  if (!(high - low > finest)) [low, high] = [(low + high) / 2 - finest, (low + high) / 2 + finest];
  if (!extent) return [low, high];
  const [first, last] = extent;
  const most = (last - first || high - low) * 2;
  if (high - low > most) [low, high] = [(low + high) / 2 - most / 2, (low + high) / 2 + most / 2];
  const span = high - low;
  const some = span / 10; // so much of the data stays in sight
  if (high < first + some) return [first + some - span, first + some];
  if (low > last - some) return [last - some, last - some + span];
  return [low, high];
}

/** Whether the page itself has something to scroll to. */
export function canScroll(): boolean {
  const page = document.scrollingElement;
  return page !== null && page.scrollHeight > page.clientHeight + 1;
}
