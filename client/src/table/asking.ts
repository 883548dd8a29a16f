/** What a person asks of the rows, as a new question. No DOM. */

import type { Asked, Column, FilterEntry, Kind } from "./types";

/** Sort by a column: first up, then down, then no more. `add` keeps what it is sorted by already. */
export function sorted(asked: Asked, name: string, add: boolean): Asked {
  const before = asked.order.find(([each]) => each === name);
  const next: Asked["order"] = before === undefined ? [[name, false]] : before[1] ? [] : [[name, true]];
  if (!add) return { ...asked, order: next };
  const at = asked.order.findIndex(([each]) => each === name);
  const rest = asked.order.filter(([each]) => each !== name);
  return { ...asked, order: at < 0 ? [...rest, ...next] : [...rest.slice(0, at), ...next, ...rest.slice(at)] };
}

export function sortedBy(asked: Asked, name: string, descending: boolean | null): Asked {
  return { ...asked, order: descending === null ? asked.order.filter(([each]) => each !== name) : [[name, descending]] };
}

/** Filter by a column; null takes its filter away. */
export function filtered(asked: Asked, name: string, entry: FilterEntry | null): Asked {
  const rest = asked.filters.filter(([each]) => each !== name);
  return { ...asked, filters: entry ? [...rest, entry] : rest };
}

export function grouped(asked: Asked, name: string, isIn: boolean): Asked {
  const rest = asked.group.filter((each) => each !== name);
  return { ...asked, group: isIn ? [...rest, name] : rest };
}

/** The tests that make sense for a kind, with words for them. */
export function testsFor(kind: Kind): [test: string, words: string][] {
  if (kind === "boolean") return [["is", "is"], ...EMPTY];
  if (ORDERED.has(kind)) return [["between", "between"], ["is", "="], ["<", "<"], ["<=", "≤"], [">", ">"], [">=", "≥"], ...EMPTY];
  return [["contains", "contains"], ["starts with", "starts with"], ["ends with", "ends with"], ["is", "is"], ["is not", "is not"], ...EMPTY];
}

const EMPTY: [string, string][] = [["empty", "is empty"], ["not empty", "is not empty"]];
export const ORDERED = new Set<Kind>(["integer", "float", "decimal", "date", "time", "datetime", "duration"]);
const NUMBERS = new Set<Kind>(["integer", "float", "duration"]);

/** A filter out of what was typed; null where that is nothing, or no number. */
export function entryOf(column: Column, test: string, first: string, second: string): FilterEntry | null {
  const { name, kind } = column;
  if (test === "empty" || test === "not empty") return [name, test, null];
  const [low, high] = [valueOf(kind, first), valueOf(kind, second)];
  if (test !== "between") return low === null ? null : [name, test, low];
  if (low === null) return high === null ? null : [name, "<=", high];
  return high === null ? [name, ">=", low] : [name, "between", [low, high]];
}

function valueOf(kind: Kind, text: string): string | number | null {
  const trimmed = ORDERED.has(kind) ? text.trim() : text;
  if (trimmed === "") return null;
  if (!NUMBERS.has(kind)) return trimmed;
  const number = Number(trimmed.replace(",", "."));
  return Number.isNaN(number) ? null : number;
}

/** A filter in words: "Price ≥ 10", "Side is Buy or Sell". */
export function inWords([name, test, value]: FilterEntry, column: Column | undefined, write: (value: unknown) => string): string {
  const heading = column?.heading ?? name;
  if (test === "in" && Array.isArray(value)) {
    const few = value.slice(0, 3).map(write).join(", ");
    return `${heading}: ${value.length > 3 ? `${few} and ${value.length - 3} more` : few || "none"}`;
  }
  if (test === "between" && Array.isArray(value)) return `${heading}: ${write(value[0])} – ${write(value[1])}`;
  const words = testsFor(column?.kind ?? "text").find(([each]) => each === test)?.[1] ?? test;
  return value === null ? `${heading} ${words}` : `${heading} ${words} ${write(value)}`;
}
