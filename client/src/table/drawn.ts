/** Small drawings in cells: a line of numbers, a bar. An element that is there already is drawn into again. */

import { numberOf } from "./model";
import type { State } from "./state";
import type { Column, Value } from "./types";

const SVG = "http://www.w3.org/2000/svg";
/** More points than this nobody sees apart in a cell. */
const MOST_POINTS = 120;
const WIDE = 100;
const HIGH = 20;

/** A line through the numbers, lowest below and highest above. */
export function drawLine(before: Element | null, values: number[]): Element {
  const svg = before?.localName === "svg" ? before : newLine();
  const path = svg.firstElementChild!;
  const way = wayOf(values);
  if (path.getAttribute("d") !== way) path.setAttribute("d", way);
  return svg;
}

function newLine(): Element {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "path"));
  return svg;
}

/** The path of a line: "M0 20L50 0L100 10". Gaps where there is no number. */
export function wayOf(values: number[]): string {
  const step = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const points = step === 1 ? values : values.filter((_, i) => i % step === 0 || i === values.length - 1);
  const known = points.filter((value) => Number.isFinite(value));
  if (known.length === 0) return "";
  const low = Math.min(...known);
  const size = Math.max(...known) - low;
  let way = "";
  let isGap = true;
  points.forEach((value, i) => {
    if (!Number.isFinite(value)) return void (isGap = true);
    const x = points.length > 1 ? (i * WIDE) / (points.length - 1) : WIDE / 2;
    const y = size > 0 ? HIGH - ((value - low) / size) * HIGH : HIGH / 2;
    way += `${isGap ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isGap = false;
  });
  return way;
}

/** A bar behind the number: of "progress" as a part of 1, else of the largest number that is here. */
export function drawBar(before: Element | null, value: Value, column: Column, state: State): Element {
  const bar = before?.localName === "i" ? (before as HTMLElement) : document.createElement("i");
  const number = numberOf(value);
  const most = column.format === "progress" ? 1 : largest(state, column);
  const part = Number.isFinite(number) && most > 0 ? Math.min(1, Math.abs(number) / most) : 0;
  const width = `${Math.round(part * 100)}%`;
  if (bar.style.width !== width) bar.style.width = width;
  bar.className = number < 0 ? "less" : "";
  return bar;
}

const known = new WeakMap<object, Map<string, number>>();

function largest(state: State, column: Column): number {
  const { prop } = state.rows;
  let found = known.get(prop);
  if (!found) known.set(prop, (found = new Map()));
  let most = found.get(column.name);
  if (most === undefined) {
    const values = (prop.cells[state.rows.place(column.name)] ?? []).map((value) => Math.abs(numberOf(value))).filter(Number.isFinite);
    found.set(column.name, (most = Math.max(0, ...values)));
  }
  return most;
}
