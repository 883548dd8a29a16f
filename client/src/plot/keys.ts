/** A chart by keyboard: arrows read its values, plus and minus zoom, Shift and arrows pan, Home shows all. */

import type uPlot from "uplot";
import { shifted, within, zoomed } from "./gestures";
import type { Points, Span } from "./points";

export interface Operated {
  readonly held: Points;
  readonly extent: Span | null;
  readonly at: number | null;
  look(range: Span | null): void;
  readOut(row: number): void;
}

export function pressed(event: KeyboardEvent, plot: uPlot, shown: Span, chart: Operated): void {
  const keys: Record<string, () => void> = {
    ArrowLeft: () => step(event, shown, chart, -1),
    ArrowRight: () => step(event, shown, chart, 1),
    "+": () => zoom(plot, shown, chart, 0.5),
    "=": () => zoom(plot, shown, chart, 0.5),
    "-": () => zoom(plot, shown, chart, 2),
    Home: () => chart.look(null),
    Escape: () => plot.setCursor({ left: -10, top: -10 }),
  };
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Around the cursor, or the middle. */
function zoom(plot: uPlot, shown: Span, chart: Operated, factor: number): void {
  const left = plot.cursor.left ?? -1;
  chart.look(within(zoomed(shown, factor, left >= 0 ? left / plot.over.clientWidth : 0.5), chart.extent));
}

/** To the next row, which is read out; with Shift, the whole chart to the side. */
function step(event: KeyboardEvent, shown: Span, chart: Operated, by: number): void {
  const { held, at } = chart;
  if (event.shiftKey) return chart.look(within(shifted(shown, by * 0.2), chart.extent));
  if (!held.count) return;
  const from = at ?? held.nearest(by > 0 ? shown[0] : shown[1]) - by;
  chart.readOut(Math.min(Math.max(from + by, 0), held.count - 1));
}
