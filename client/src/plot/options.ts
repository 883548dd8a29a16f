/** How uPlot is told to draw a chart of ours. */

import uPlot from "uplot";
import type { Colours } from "./colours";
import { type Picture, paint, spacing } from "./painters";
import { limits, type Points, type Span } from "./points";
import { type Format, tickTime, ticks } from "./words";

export interface Options extends Format {
  stacked: boolean;
  step: boolean;
  log: boolean;
  low: number | null;
  high: number | null;
  legend: boolean;
}

export interface Chart {
  kind: string;
  series: { name: string; color: string | null }[];
  options: Options;
  isTime: boolean;
  labels: string[] | null;
  rows: string[] | null;
  points: Points;
  colours: Colours;
  picture: () => Picture;
}

const PAINTED = new Set(["bar", "histogram", "candlestick", "heatmap"]);
/** Later than this no calendar goes, in seconds. */
const LAST_MOMENT = 8.64e12;
const FONT = 11;

/** Options for a new plot; `moved` is told the row that the cursor is at. */
export function optionsOf(chart: Chart, width: number, height: number, moved: (u: uPlot) => void, drawn: () => void): uPlot.Options {
  return {
    width,
    height,
    ms: 1e-3,
    pxAlign: true,
    series: [{}, ...seriesOf(chart)],
    bands: bandsOf(chart),
    scales: {
      x: { time: false, auto: false, range: (_u, min, max) => [min, max] },
      y: { distr: chart.options.log ? 3 : 1, range: (_u, min, max) => heights(chart, min, max) },
    },
    axes: [across(chart), up(chart)],
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      points: { ...(PAINTED.has(chart.kind) ? { show: false } : {}), size: 9, width: 1, stroke: () => chart.colours.text, fill: (_u, place) => chart.colours.series[place - 1] as string },
      bind: { dblclick: () => null, mousedown: () => null, mouseup: () => null, click: () => null },
    },
    hooks: { draw: [(u) => paint(u, chart.picture()), drawn], setCursor: [moved] },
  };
}

function seriesOf({ kind, series, options, colours, points }: Chart): uPlot.Series[] {
  // Candles are four columns of one series, a heat map's values are colours.
  const names = kind === "candlestick" ? [0, 1, 2, 3] : kind === "heatmap" ? [0] : kind === "histogram" ? [0] : series.map((_, place) => place);
  const step = uPlot.paths.stepped?.({ align: 1 });
  return names.map((place) => {
    if (PAINTED.has(kind)) return { paths: () => null, points: { show: false } };
    const stroke = (): string => colours.series[place] as string;
    const fill = (): string => colours.fills[place] as string;
    if (kind === "scatter") return { stroke, paths: () => null, points: { show: true, size: points.count > 2000 ? 3 : 5, width: 0, fill: stroke, space: 0 } };
    return {
      stroke,
      width: 1.5,
      points: { show: (u: uPlot) => isSparse(u), size: 5, fill: stroke },
      ...(options.step && step ? { paths: step } : {}),
      ...(kind === "area" && !options.stacked ? { fill, fillTo: (_u: uPlot, _place: number, min: number) => (options.log ? min : 0) } : {}),
      ...(kind === "area" && options.stacked && place === 0 ? { fill, fillTo: 0 } : {}),
    };
  });
}

/** Few points are worth a dot each; one alone could not be seen otherwise. */
function isSparse(u: uPlot): boolean {
  const [first, last] = u.series[0]?.idxs ?? [0, 0];
  return last - first < Math.min(u.bbox.width / (24 * devicePixelRatio), 60);
}

function bandsOf({ kind, series, options, colours }: Chart): uPlot.Band[] {
  if (kind !== "area" || !options.stacked) return [];
  return series.slice(1).map((_, nth) => ({ series: [nth + 2, nth + 1] as [number, number], fill: () => colours.fills[nth + 1] as string }));
}

/** From where to where y goes, given what there is to be seen. */
function heights(chart: Chart, min: number | null, max: number | null): Span {
  const { kind, options, points } = chart;
  let [low, high] = min === null || max === null || min > max ? [options.log ? 1 : 0, options.log ? 10 : 1] : [min, max];
  if (kind === "heatmap") return halfStep(points, 1, limits(points.columns[1] ?? []));
  if (options.log) {
    const [from, to] = uPlot.rangeLog(options.low ?? low, options.high ?? high, 10, false) as Span;
    return [from, to];
  }
  if (kind === "bar" || kind === "histogram" || kind === "area") [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const isBased = (value: number): boolean => value === 0 && (kind === "bar" || kind === "histogram" || kind === "area");
  if (low === high) [low, high] = [low - (Math.abs(low) * 0.01 || 1), high + (Math.abs(high) * 0.01 || 1)];
  const room = (high / 2 - low / 2) * 0.12;
  return [options.low ?? (isBased(low) ? 0 : low - room), options.high ?? (isBased(high) ? 0 : high + room)];
}

function halfStep(points: Points, axis: 0 | 1, [low, high]: Span): Span {
  const half = (points.steps?.[axis] ?? 1) / 2;
  return low > high ? [0, 1] : [low - half, high + half];
}

/** All of x, with the room that bars and fields need at the sides; null where there is nothing. */
export function wholeOf({ kind, labels, points }: Pick<Chart, "kind" | "labels" | "points">, window: number | null): Span | null {
  if (!points.extent) return null;
  let [low, high] = points.extent;
  if (kind === "histogram") return [low, high];
  if (kind === "heatmap") return halfStep(points, 0, [points.columns[0][0] as number, points.columns[0][points.count - 1] as number]);
  const room = labels ? 0.5 : kind === "bar" || kind === "candlestick" ? spacing(points.columns[0]) / 2 : 0;
  if (window !== null) return [high - window, high + room];
  if (low === high && !room) {
    const some = Math.abs(low) * 1e-6 || 1;
    return [low - Math.max(some, 0.5), high + Math.max(some, 0.5)];
  }
  return [low - room, high + room];
}

/** Whether x can be read as moments. */
export function hasMoments(isTime: boolean, [low, high]: Span): boolean {
  return isTime && Math.abs(low) < LAST_MOMENT && Math.abs(high) < LAST_MOMENT;
}

function across({ isTime, labels, colours, options }: Chart): uPlot.Axis {
  return {
    ...look(colours),
    size: 30,
    space: labels ? 20 : isTime ? 90 : 70,
    ...(labels
      ? { splits: (u: uPlot) => namedSplits(u, labels.length, longest(u, labels.slice(0, 50)) + 14), values: (_u: uPlot, splits: number[]) => splits.map((place) => labels[place] ?? "") }
      : isTime
        ? { splits: momentSplits, values: (_u: uPlot, splits: number[]) => splits.map((value) => tickTime(value, (splits[1] ?? 1) - (splits[0] ?? 0))) }
        : { values: (_u: uPlot, splits: number[], _axis: number, _space: number, step: number) => ticks(splits, step, { ...options, unit: "", format: "" }) }),
  };
}

function up(chart: Chart): uPlot.Axis {
  const { colours, options, rows, kind } = chart;
  const format = kind === "histogram" ? { unit: "", format: "", digits: null } : options;
  const written = (_u: uPlot, splits: (number | null)[], _axis: number, _space: number, step: number): string[] => ticks(splits, options.log ? smallest(splits) : step, format);
  return {
    ...look(colours),
    size: (u: uPlot, values: string[] | null) => Math.max(40, longest(u, values ?? []) + 16),
    space: rows ? 12 : 36,
    ...(rows
      ? { splits: (u: uPlot) => namedSplits(u, rows.length, 18, "y"), values: (_u: uPlot, splits: number[]) => splits.map((place) => rows[place] ?? "") }
      : { values: written as uPlot.Axis.Values }),
  };
}

function look(colours: Colours): uPlot.Axis {
  const line = { stroke: () => colours.grid, width: 1 };
  return { incrs: (_u, _axis, min, max) => roundSteps(max - min), stroke: () => colours.text, font: `${FONT}px ${colours.font}`, grid: line, ticks: { ...line, size: 4 }, gap: 4 };
}

function smallest(splits: (number | null)[]): number {
  const sizes = splits.filter((value): value is number => value !== null && value > 0);
  return sizes.length ? Math.min(...sizes) : 1;
}

function longest(u: uPlot, values: string[]): number {
  u.ctx.font = `${FONT * devicePixelRatio}px ${getComputedStyle(u.root).fontFamily}`;
  return Math.max(0, ...values.map((value) => u.ctx.measureText(value ?? "").width)) / devicePixelRatio;
}

/** Round steps that divide a length into a few parts, whatever its size is. */
function roundSteps(length: number): number[] {
  const power = Math.floor(Math.log10(length > 0 ? length : 1));
  return [-3, -2, -1, 0, 1].flatMap((more) => [1, 2, 5].map((factor) => factor * 10 ** (power + more))).filter((step) => step > 0 && step < Infinity);
}

/** Every name, or every second, third… where there is no room for all. */
function namedSplits(u: uPlot, count: number, size: number, scale: "x" | "y" = "x"): number[] {
  const { min, max } = u.scales[scale] as { min: number; max: number };
  const room = (scale === "x" ? u.bbox.width : u.bbox.height) / devicePixelRatio / size;
  const every = Math.max(1, Math.ceil((max - min) / Math.max(room, 1)));
  const first = Math.max(0, Math.ceil(min / every) * every);
  return Array.from({ length: Math.max(0, Math.floor((Math.min(max, count - 1) - first) / every) + 1) }, (_, nth) => first + nth * every);
}

const DAY = 86_400;
const STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10_800, 21_600, 43_200, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
];

/** Round moments in the person's own time zone: whole seconds, hours, days, months, years. */
function momentSplits(u: uPlot): number[] {
  const { min, max } = u.scales.x as { min: number; max: number };
  const rough = (max - min) / Math.max(u.bbox.width / devicePixelRatio / 95, 1);
  const step = STEPS.find((each) => each >= rough);
  if (step === undefined) return monthSplits(min, max, rough);
  // Midnight where the chart begins, so that steps of hours and days fall on round ones.
  const midnight = new Date(min * 1000).setHours(0, 0, 0, 0) / 1000;
  if (step >= DAY) return daySplits(min, max, step / DAY);
  const first = midnight + Math.ceil((min - midnight) / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((max - first) / step) + 1) }, (_, nth) => first + nth * step);
}

function daySplits(min: number, max: number, days: number): number[] {
  const found: number[] = [];
  const day = new Date(new Date(min * 1000).setHours(0, 0, 0, 0));
  day.setDate(day.getDate() - (Math.floor(day.getTime() / 1000 / DAY) % days));
  for (; day.getTime() / 1000 <= max; day.setDate(day.getDate() + days)) if (day.getTime() / 1000 >= min) found.push(day.getTime() / 1000);
  return found;
}

function monthSplits(min: number, max: number, rough: number): number[] {
  const months = [1, 2, 3, 6, 12].find((each) => each * 30.5 * DAY >= rough) ?? 12 * round(rough / (365.25 * DAY));
  const found: number[] = [];
  const start = new Date(min * 1000);
  let month = Math.floor((start.getFullYear() * 12 + start.getMonth()) / months) * months;
  for (; found.length < 100; month += months) {
    const at = new Date(2000, 0, 1);
    at.setFullYear(Math.floor(month / 12), month % 12, 1);
    const seconds = at.getTime() / 1000;
    if (!(seconds <= max)) break;
    if (seconds >= min) found.push(seconds);
  }
  return found;
}

/** 1, 2 or 5 times a power of ten, not less than `rough`. */
function round(rough: number): number {
  const ten = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * ten >= rough) ?? 10) * ten;
}
