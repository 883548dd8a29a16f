/** Which columns stand where: what the program says, what the person has changed, and what fits. No DOM. */

import type { Column, Kind, Layout, Pin } from "./types";

export interface Placed {
  /** null for a column of the table's own. */
  column: Column | null;
  own: "check" | "fold" | null;
  /** From the start of the pinned ones, of the others, or of those pinned to the end: of its own kind. */
  x: number;
  width: number;
  pin: Pin | null;
}

export interface Arranged {
  all: Placed[];
  /** What the pinned ones take away from both sides. */
  start: number;
  end: number;
  /** Of those between. */
  middle: number;
}

export const NARROWEST = 44;
const OWN_WIDTH = 34;
/** Columns that are pinned leave at least this part for the others, or are pinned no more. */
const LEAVE = 0.3;

const NATURAL: Partial<Record<Kind, number>> = {
  boolean: 84, integer: 96, float: 104, decimal: 104, date: 116, time: 96, datetime: 172, duration: 96, numbers: 130, bytes: 90,
};
const TEXT = 180;

export function arrange(columns: Column[], layout: Layout, own: Placed["own"][], wide: number, fitted: Map<string, number>): Arranged {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const shown = layout.order.filter((name) => !layout.hidden.includes(name)).flatMap((name) => byName.get(name) ?? []);
  const placed: Placed[] = own.map((own) => ({ column: null, own, x: 0, width: OWN_WIDTH, pin: "start" }));
  for (const column of shown) {
    placed.push({ column, own: null, x: 0, width: widthOf(column, layout, fitted), pin: layout.pinned[column.name] ?? null });
  }
  stretch(placed, layout, wide);
  if (pinnedWidth(placed) > wide * (1 - LEAVE)) for (const each of placed) if (each.column) each.pin = null;
  return put(placed);
}

function put(placed: Placed[]): Arranged {
  const ends: Record<string, number> = { start: 0, middle: 0, end: 0 };
  const all = [...placed.filter(({ pin }) => pin === "start"), ...placed.filter(({ pin }) => !pin), ...placed.filter(({ pin }) => pin === "end")];
  for (const each of all) {
    const side = each.pin ?? "middle";
    each.x = ends[side]!;
    ends[side]! += each.width;
  }
  return { all, start: ends.start!, end: ends.end!, middle: ends.middle! };
}

/** The columns between the pinned ones that are seen: `[first, end)` among all. */
export function across(arranged: Arranged, left: number, wide: number): [first: number, end: number] {
  const { all, start, end } = arranged;
  const from = all.findIndex(({ pin }) => pin !== "start");
  let first = from < 0 ? all.length : from;
  while (first < all.length && all[first]!.pin === null && all[first]!.x + all[first]!.width <= left) first++;
  let last = first;
  while (last < all.length && all[last]!.pin === null && all[last]!.x < left + wide - start - end) last++;
  return [first, last];
}

function widthOf(column: Column, layout: Layout, fitted: Map<string, number>): number {
  const wanted = layout.widths[column.name] ?? column.width ?? fitted.get(column.name) ?? natural(column);
  return Math.max(NARROWEST, Math.round(wanted));
}

function natural(column: Column): number {
  return Math.max(NATURAL[column.kind] ?? TEXT, column.heading.length * 8 + 30);
}

/** Columns whose width nobody has said share what is left over, texts before numbers. */
function stretch(placed: Placed[], layout: Layout, wide: number): void {
  const left = wide - placed.reduce((sum, { width }) => sum + width, 0);
  if (left <= 0) return;
  const free = placed.filter(({ column }) => column && column.width === null && layout.widths[column.name] === undefined);
  const texts = free.filter(({ column }) => column!.kind === "text" || column!.kind === "numbers" || column!.kind === "other");
  const some = texts.length ? texts : free;
  const sum = some.reduce((sum, { width }) => sum + width, 0);
  let rest = left;
  some.forEach((each, i) => {
    const more = i === some.length - 1 ? rest : Math.floor((left * each.width) / sum);
    each.width += more;
    rest -= more;
  });
}

function pinnedWidth(placed: Placed[]): number {
  return placed.reduce((sum, { width, pin }) => sum + (pin ? width : 0), 0);
}
