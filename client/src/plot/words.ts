/** Numbers and times as a person reads them, and a chart in words. */

import { firstFrom, limits, type Points, type Span } from "./points";

export interface Format {
  unit: string;
  format: string;
  digits: number | null;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** One value, as exactly as it is worth. */
export function written(value: number | null | undefined, { unit, format, digits }: Format): string {
  if (value === null || value === undefined) return "–";
  const rounded = digits === null ? { maximumSignificantDigits: 6 } : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return withUnit(inFormat(value, format, rounded), unit);
}

function inFormat(value: number, format: string, more: Intl.NumberFormatOptions): string {
  if (format === "percent") return number(value, { style: "percent", maximumFractionDigits: 1, ...fraction(more) });
  if (format === "compact") return number(value, { notation: "compact", maximumFractionDigits: 2, ...fraction(more) });
  if (format === "signed") return number(value, { signDisplay: "exceptZero", ...more });
  if (format === "bytes") return bytes(value);
  const currency = /^currency:([A-Z]{3})$/.exec(format)?.[1];
  if (currency) return number(value, { style: "currency", currency, ...fraction(more) });
  const size = Math.abs(value);
  return number(value, size !== 0 && (size >= 1e12 || size < 1e-6) ? { notation: "scientific", maximumFractionDigits: 4 } : more);
}

function fraction(more: Intl.NumberFormatOptions): Intl.NumberFormatOptions {
  return "maximumSignificantDigits" in more ? {} : more;
}

function withUnit(text: string, unit: string): string {
  return unit ? `${text}\u202f${unit}` : text;
}

function bytes(value: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.abs(value) || 1) / 3), UNITS.length - 1);
  const place = Math.max(power, 0);
  return `${number(value / 1000 ** place, { maximumFractionDigits: 1 })} ${UNITS[place]}`;
}

/** Beside an axis: as many digits as tell neighbours apart. */
export function ticks(values: (number | null)[], step: number, { unit, format }: Format): string[] {
  const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
  const places = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 12);
  const plain: Intl.NumberFormatOptions = { minimumFractionDigits: places, maximumFractionDigits: places };
  return values.map((exact) => {
    if (exact === null) return "";
    const value = Math.abs(exact) < step * 1e-9 ? 0 : exact; // what adding steps has left of 0
    if (format) return withUnit(inFormat(value, format, { maximumSignificantDigits: 7 }), unit);
    if (largest >= 1e15 || (largest < 1e-6 && largest > 0)) return withUnit(number(value, { notation: "scientific", maximumFractionDigits: 3 }), unit);
    if (largest >= 1e6 && step >= 1e3) return withUnit(number(value, { notation: "compact", maximumFractionDigits: 2 }), unit);
    return withUnit(number(value, plain), unit);
  });
}

const formats = new Map<string, Intl.NumberFormat>();

function number(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(undefined, options)));
  return format.format(value);
}

const DAY = 86_400;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const dates = new Map<string, Intl.DateTimeFormat>();

function date(seconds: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  let format = dates.get(key);
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(undefined, options)));
  return format.format(seconds * 1000);
}

/** A moment beside the axis, where neighbours are `step` seconds apart. */
export function tickTime(seconds: number, step: number): string {
  if (step < 1) return date(seconds, { ...CLOCK, second: "2-digit", fractionalSecondDigits: step < 0.01 ? 3 : step < 0.1 ? 2 : 1 });
  if (step < 60) return date(seconds, { ...CLOCK, second: "2-digit" });
  if (step < DAY) return isMidnight(seconds) ? date(seconds, { day: "numeric", month: "short" }) : date(seconds, CLOCK);
  if (step < 28 * DAY) return date(seconds, { day: "numeric", month: "short" });
  if (step < 365 * DAY) return date(seconds, { month: "short", year: "numeric" });
  return date(seconds, { year: "numeric" });
}

function isMidnight(seconds: number): boolean {
  const when = new Date(seconds * 1000);
  return when.getHours() === 0 && when.getMinutes() === 0;
}

/** A moment by itself, as exactly as `span` seconds on the screen make sense. */
export function moment(seconds: number, span: number): string {
  if (span > 300 * DAY) return date(seconds, { day: "numeric", month: "short", year: "numeric" });
  const clock = { ...CLOCK, second: "2-digit", ...(span < 120 ? { fractionalSecondDigits: span < 2 ? 3 : 1 } : {}) } as Intl.DateTimeFormatOptions;
  return date(seconds, span > DAY ? { day: "numeric", month: "short", ...CLOCK } : clock);
}

export interface Said {
  summary: string;
  heading: string[];
  rows: string[][];
}

const MOST_ROWS = 24;

/** The chart for who cannot see it: what it ranges over and where it goes, and some of its rows. */
export function inWords(
  points: Points, names: string[], kind: string, range: Span, x: (value: number) => string,
  cell: (place: number, row: number) => string, y: (value: number | null) => string,
): Said {
  const [xs, ...columns] = points.columns;
  const [first, last] = [firstFrom(xs, range[0]), firstFrom(xs, range[1] + Number.EPSILON * Math.abs(range[1]))];
  const end = Math.min(last + 1, xs.length);
  if (end <= first) return { summary: `${KINDS[kind]}. Nothing yet.`, heading: [], rows: [] };
  const part = (column: number): (number | null)[] => columns[column]?.slice(first, end) ?? [];
  const sentences = names.flatMap((name, place) => {
    if (kind === "candlestick") return place === 3 ? [sentence("Price", part(3), kind, y, [...part(1), ...part(2)])] : [];
    return kind === "heatmap" && place === 0 && names.length > 1 ? [] : [sentence(name, part(place), kind, y)];
  });
  const summary = `${KINDS[kind]} from ${x(xs[first] as number)} to ${x(xs[end - 1] as number)}. ${sentences.join(" ")}`;
  const step = Math.max((end - 1 - first) / (MOST_ROWS - 1), 1);
  const count = Math.min(MOST_ROWS, end - first);
  const rows = Array.from({ length: count }, (_, nth) => {
    const row = Math.min(first + Math.round(nth * step), end - 1);
    return [x(xs[row] as number), ...names.map((_, place) => cell(place, row))];
  });
  return { summary, heading: names, rows };
}

const KINDS: Record<string, string> = {
  line: "Line chart", area: "Area chart", bar: "Bar chart", scatter: "Scatter chart",
  candlestick: "Candlestick chart", heatmap: "Heat map", histogram: "Histogram",
};

/** From where to where a column goes, its last value and its trend; `among` are the values of which some is the lowest. */
function sentence(name: string, column: (number | null)[], kind: string, y: (value: number | null) => string, among = column): string {
  const values = column.filter((value) => value !== null);
  const [low, high] = limits(among);
  if (values.length === 0 || low > high) return `${name}: no values.`;
  const [first, last] = [values[0] as number, values[values.length - 1] as number];
  const moved = (last / 2 - first / 2) / (high / 2 - low / 2 || 1);
  const trend = WITHOUT_TREND.has(kind) ? "" : `, ${moved > 0.1 ? "rising" : moved < -0.1 ? "falling" : "level"}`;
  return `${name}: lowest ${y(low)}, highest ${y(high)}, last ${y(last)}${trend}.`;
}

const WITHOUT_TREND = new Set(["scatter", "heatmap", "histogram"]);
