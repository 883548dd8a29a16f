/** What uPlot does not draw itself: bars side by side or stacked, candles, histograms, heat maps. All in canvas pixels. */

import type uPlot from "uplot";
import type { Colours } from "./colours";
import { type Column, limits, type Points } from "./points";

export interface Picture {
  kind: string;
  points: Points;
  /** What is drawn of each series, where that is not what it says: sums, in a stack. */
  drawn: Column[];
  isShown: (place: number) => boolean;
  isStacked: boolean;
  colours: Colours;
}

/** Draw on top of the axes and the grid, within the plotting area. */
export function paint(u: uPlot, picture: Picture): void {
  const painter = PAINTERS[picture.kind];
  if (!painter || picture.points.count === 0) return;
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  painter(u, picture);
  u.ctx.restore();
}

type Painter = (u: uPlot, picture: Picture) => void;

const PAINTERS: Record<string, Painter> = { bar: bars, histogram, candlestick: candles, heatmap: heat };

/** Places in canvas pixels, and the rows that can be seen. */
function measures(u: uPlot, points: Points) {
  const xs = points.columns[0];
  const x = (value: number): number => u.valToPos(value, "x", true);
  const y = (value: number): number => u.valToPos(value, "y", true);
  const { min, max } = u.scales.x as { min: number; max: number };
  const edge = spacing(xs);
  const rows = xs.map((_, row) => row).filter((row) => (xs[row] as number) >= min - edge && (xs[row] as number) <= max + edge);
  return { xs, x, y, rows, pixel: devicePixelRatio };
}

/** How far neighbours usually are from each other, in x. */
export function spacing(xs: number[]): number {
  const gaps: number[] = [];
  const step = Math.max(1, Math.floor(xs.length / 500));
  for (let row = 1; row < xs.length; row += step) {
    const gap = (xs[row] as number) - (xs[row - 1] as number);
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((one, other) => one - other);
  return gaps[Math.floor(gaps.length / 4)] ?? 1;
}

function bars(u: uPlot, { points, drawn, isShown, isStacked, colours }: Picture): void {
  const { xs, x, y, rows, pixel } = measures(u, points);
  const shown = drawn.map((_, place) => place).filter(isShown);
  const room = Math.abs(x((xs[0] as number) + spacing(xs)) - x(xs[0] as number)) * 0.76;
  const width = Math.max(isStacked ? room : room / shown.length, pixel);
  const bottom = y(u.scales.y?.distr === 3 ? (u.scales.y.min as number) : 0);
  // From the top of a stack down, so that each bar hides where the next begins.
  const order = isStacked ? shown.map((_, nth) => shown.length - 1 - nth) : shown.map((_, nth) => nth);
  for (const nth of order) {
    const place = shown[nth] as number;
    u.ctx.fillStyle = colours.series[place] as string;
    u.ctx.beginPath();
    for (const row of rows) {
      const value = drawn[place]?.[row];
      if (value === null || value === undefined) continue;
      const left = isStacked ? x(xs[row] as number) - width / 2 : x(xs[row] as number) - room / 2 + nth * width;
      const inner = width > 4 * pixel ? width - pixel : width;
      u.ctx.rect(left, Math.min(y(value), bottom), inner, Math.max(Math.abs(y(value) - bottom), value === 0 ? 0 : pixel));
    }
    u.ctx.fill();
  }
}

function histogram(u: uPlot, { points, colours }: Picture): void {
  const { xs, x, y, rows, pixel } = measures(u, points);
  const step = points.steps?.[0] ?? 1;
  u.ctx.fillStyle = colours.series[0] as string;
  for (const row of rows) {
    const count = points.columns[1]?.[row];
    if (!count) continue;
    const [left, right] = [x(xs[row] as number), x((xs[row] as number) + step)];
    u.ctx.fillRect(left, y(count), Math.max(right - left - pixel, pixel), y(0) - y(count));
  }
}

function candles(u: uPlot, { points, colours }: Picture): void {
  const { xs, x, y, rows, pixel } = measures(u, points);
  const [, opens, highs, lows, closes] = points.columns;
  const room = Math.abs(x((xs[0] as number) + spacing(xs)) - x(xs[0] as number));
  const width = Math.max(pixel, Math.min(Math.floor(room * 0.7), 24 * pixel));
  for (const row of rows) {
    const [open, high, low, close] = [opens?.[row], highs?.[row], lows?.[row], closes?.[row]];
    if (open == null || high == null || low == null || close == null) continue;
    const middle = Math.round(x(xs[row] as number));
    u.ctx.fillStyle = close >= open ? colours.up : colours.down;
    const wick = Math.max(Math.round(pixel), 1);
    u.ctx.fillRect(middle - Math.floor(wick / 2), y(high), wick, Math.max(y(low) - y(high), 1));
    const [top, bottom] = [y(Math.max(open, close)), y(Math.min(open, close))];
    u.ctx.fillRect(middle - Math.floor(width / 2), top, width, Math.max(bottom - top, pixel));
  }
}

function heat(u: uPlot, { points, colours }: Picture): void {
  const { xs, x, y, rows } = measures(u, points);
  const [across, up] = points.steps ?? [1, 1];
  const [, ys, values] = points.columns;
  const [low, high] = limits(values ?? []);
  const shades = colours.heat.length;
  for (const row of rows) {
    const [middle, value] = [ys?.[row], values?.[row]];
    if (middle == null || value == null) continue;
    const part = high > low ? (value - low) / (high - low) : 1;
    u.ctx.fillStyle = colours.heat[Math.min(Math.floor(part * shades), shades - 1)] as string;
    const [left, right] = [Math.floor(x((xs[row] as number) - across / 2)), Math.floor(x((xs[row] as number) + across / 2))];
    const [top, bottom] = [Math.floor(y(middle + up / 2)), Math.floor(y(middle - up / 2))];
    const gap = right - left > 8 && bottom - top > 8 ? 1 : 0;
    u.ctx.fillRect(left, top, right - left - gap, bottom - top - gap);
  }
}

/** The row of the field at a place of x and y; null where there is none. */
export function fieldAt({ columns: [xs, ys], steps }: Points, x: number, y: number): number | null {
  const [across, up] = steps ?? [1, 1];
  const row = xs.findIndex((middle, row) => Math.abs(middle - x) <= across / 2 && Math.abs((ys?.[row] ?? NaN) - y) <= up / 2);
  return row < 0 ? null : row;
}
