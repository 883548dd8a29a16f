/** Values as a person reads them: numbers and times as the page's language writes them, by the column's kind and format. */

import { controlled } from "./controls";
import type { Column, Value } from "./types";

export type Format = (value: Value) => string;

/** What writes the values of a column; made once per column, called for every cell.
 *
 * Numbers of a column have their points one below the other. So where nobody has said how many digits come after it, they have as many
 * as the one that needs most; when that becomes more, what is written already is to be written again: `changed` is called.
 */
export function formatter(column: Column, changed: () => void = () => {}): Format {
  const write = writerOf(column, changed);
  return (value) => {
    if (value === null) return "";
    if (typeof value === "object" && !Array.isArray(value)) return special(value);
    return write(value);
  };
}

function special(value: { n: string } | { t: string; n: number } | { b: number }): string {
  if ("t" in value) return `${controlled(value.t)}…`;
  if ("b" in value) return bytes(value.b);
  return value.n === "NaN" ? "NaN" : value.n.startsWith("-") ? "−∞" : "∞";
}

function writerOf(column: Column, changed: () => void): (value: string | number | boolean | number[]) => string {
  const { format, kind } = column;
  if (format === "bytes") return (value) => (typeof value === "boolean" || Array.isArray(value) ? String(value) : bytes(Number(value)));
  if (kind === "boolean") return (value) => (value === true ? "Yes" : value === false ? "No" : text(value));
  if (kind === "integer" || kind === "float" || kind === "decimal" || isForNumbers(format)) return numberWriter(column, changed);
  if (kind === "date") return dates({ dateStyle: "medium" });
  if (kind === "datetime") return dates({ dateStyle: "medium", timeStyle: "medium" });
  if (kind === "time") return (value) => text(value).replace(/(\d\d:\d\d(?::\d\d)?).*/, "$1");
  if (kind === "duration") return (value) => (typeof value === "number" ? duration(value) : text(value));
  return text;
}

function text(value: string | number | boolean | number[]): string {
  return typeof value === "string" ? controlled(value) : String(value);
}

function isForNumbers(format: string): boolean {
  return ["percent", "compact", "signed", "bar", "progress"].includes(format) || format.startsWith("currency:");
}

// ── numbers ─────────────────────────────────────────────────────────────────────────────────────

/** Beyond these a number is shown as 1.23E45: nobody counts its zeros. */
const HUGE = 1e15;
const TINY = 1e-6;

function numberWriter(column: Column, changed: () => void): (value: string | number | boolean | number[]) => string {
  const plain = withDigits(column, column.digits);
  const scientific = maker({ notation: "scientific", maximumFractionDigits: 3 });
  const byDigits = new Map<number, Intl.NumberFormat>();
  const isExact = column.digits === null && (column.format === "" || column.format === "signed");
  let aligned = plain;
  let most = 0;
  if (isExact && column.kind === "float") aligned = withDigits(column, 0);
  return (value) => {
    if (typeof value === "string") {
      if (!/^[+-]?\d+(\.\d+)?$/.test(value)) return /^[+-]?[\d.]+e[+-]?\d+$/i.test(value) ? scientific.format(Number(value)) : controlled(value);
      if (!isExact) return plain.format(value as unknown as number); // a decimal's digits are all written, however many there are
      const digits = Math.min(20, value.length - (value.indexOf(".") + 1 || value.length));
      let exact = byDigits.get(digits);
      if (!exact) byDigits.set(digits, (exact = withDigits(column, digits)));
      return exact.format(value as unknown as number);
    }
    if (typeof value !== "number") return String(value);
    const size = Math.abs(value);
    if (isExact && column.kind === "float" && size !== 0 && (size >= HUGE || size < TINY)) return scientific.format(value);
    if (aligned === plain) return plain.format(value);
    const needed = digitsOf(value, most);
    if (needed > most) {
      aligned = withDigits(column, (most = needed));
      changed();
    }
    return aligned.format(value);
  };
}

/** No column has more digits after the point than these unless it is told to. */
const MOST_DIGITS = 4;

/** How many digits after the point a number needs, beginning with those that it has anyway. */
function digitsOf(value: number, from: number): number {
  for (let digits = from; digits < MOST_DIGITS; digits++) {
    const shifted = value * 10 ** digits;
    if (Math.abs(shifted - Math.round(shifted)) < 1e-7) return digits;
  }
  return MOST_DIGITS;
}

function withDigits(column: Column, digits: number | null): Intl.NumberFormat {
  const { format, kind } = column;
  const most = digits ?? (kind === "integer" ? 0 : 6);
  const options: Intl.NumberFormatOptions = { minimumFractionDigits: digits ?? 0, maximumFractionDigits: most };
  if (format === "percent") Object.assign(options, { style: "percent", minimumFractionDigits: digits ?? 1, maximumFractionDigits: digits ?? 1 });
  else if (format === "compact") Object.assign(options, { notation: "compact", maximumFractionDigits: digits ?? 1 });
  else if (format === "signed") options.signDisplay = "exceptZero";
  else if (format === "bar" || format === "progress") Object.assign(options, { maximumFractionDigits: digits ?? 2 });
  else if (format.startsWith("currency:")) {
    Object.assign(options, { style: "currency", currency: format.slice(9), currencyDisplay: "narrowSymbol" });
    if (digits === null) {
      delete options.minimumFractionDigits;
      delete options.maximumFractionDigits;
    }
  }
  return maker(options);
}

/** The page's own language; what Intl refuses (a currency that is no code) is written as a plain number. */
function maker(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(document.documentElement.lang || undefined, options);
  } catch {
    return new Intl.NumberFormat();
  }
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

function bytes(count: number): string {
  let unit = 0;
  for (; Math.abs(count) >= 1000 && unit < UNITS.length - 1; unit++) count /= 1000;
  return `${maker({ maximumFractionDigits: unit === 0 || Math.abs(count) >= 100 ? 0 : 1 }).format(count)} ${UNITS[unit]}`;
}

// ── times ───────────────────────────────────────────────────────────────────────────────────────

/** Moments in local time; what names no zone (a date, a clock somewhere) as it stands. */
function dates(options: Intl.DateTimeFormatOptions): (value: string | number | boolean | number[]) => string {
  const language = document.documentElement.lang || undefined;
  const local = new Intl.DateTimeFormat(language, options);
  const standing = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  return (value) => {
    if (typeof value !== "string") return text(value);
    const isZoned = ZONED.test(value);
    const time = Date.parse(isZoned || !value.includes("T") ? value : `${value}Z`);
    return Number.isNaN(time) ? text(value) : (isZoned ? local : standing).format(time);
  };
}

const ZONED = /T.*(Z|[+-]\d\d:?\d\d)$/;

/** 93784.5 is "26:03:04.5": hours, minutes, seconds. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? "−" : "";
  const whole = Math.floor(Math.abs(seconds));
  const part = Math.round((Math.abs(seconds) - whole) * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  const words = `${sign}${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return part > 0 && part < 1000 ? `${words}.${String(part).padStart(3, "0").replace(/0+$/, "")}` : words;
}

// ── as text that means the same elsewhere ───────────────────────────────────────────────────────

/** The value itself as text: what a spreadsheet takes, and what somebody goes on typing at. */
export function plain(value: Value): string {
  if (value === null) return "";
  if (value === true) return "TRUE";
  if (value === false) return "FALSE";
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "object") return "t" in value ? value.t : "b" in value ? `${value.b}` : value.n;
  return String(value);
}

/** The same for an editor: a moment is shown in local time there. */
export function editable(value: Value, column: Column): string {
  if (column.kind !== "datetime" || typeof value !== "string" || !ZONED.test(value)) return plain(value);
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return value;
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, time.getSeconds() || time.getMilliseconds() ? 19 : 16);
}

/** What was typed over a value, as the session takes it: a local moment becomes one in UTC. */
export function typed(text: string, column: Column, before: Value): string {
  const isStanding = typeof before === "string" && !ZONED.test(before);
  if (column.kind !== "datetime" || isStanding || !/^\d{4,}-\d\d-\d\dT\d\d:\d\d/.test(text) || ZONED.test(text)) return text;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? text : time.toISOString();
}

/** How a person of this language writes 1.5: with a point or a comma. */
export function decimalSign(): "." | "," {
  const parts = maker({}).formatToParts(1.5);
  return parts.find(({ type }) => type === "decimal")?.value === "," ? "," : ".";
}
