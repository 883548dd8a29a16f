/** The order, widths and places of columns, always whole, and what a person does to them. No DOM. */

import type { Column, Layout, Pin } from "./types";

/** A layout that says something about every column; what it does not know of a column is as the program has it. */
export function whole(columns: Column[], given: Partial<Layout> | null): Layout {
  const order = given?.order ?? [];
  const known = new Set(order);
  const names = columns.map(({ name }) => name);
  const fresh = (column: Column) => !given || !known.has(column.name);
  const hidden = columns.filter((column) => (fresh(column) ? column.hidden : false)).map(({ name }) => name);
  const pinned = named<Pin>();
  for (const column of columns) if (fresh(column) && column.pinned) pinned[column.name] = column.pinned;
  return {
    order: inOrder(names, order),
    widths: named(given?.widths),
    hidden: [...new Set([...(given?.hidden ?? []), ...hidden])].filter((name) => names.includes(name)),
    pinned: named(pinned, given?.pinned),
  };
}

/** By the names of columns, any of which may be called "constructor". */
function named<T>(...parts: (Record<string, T> | undefined)[]): Record<string, T> {
  return Object.assign(Object.create(null), ...parts);
}

/** Names in a given order; one that this order does not know stands where it stood. */
function inOrder(names: string[], order: string[]): string[] {
  const known = order.filter((name) => names.includes(name));
  const ranked = new Set(known);
  return names.map((name) => (ranked.has(name) ? known.shift()! : name));
}

export function resized(layout: Layout, name: string, width: number): Layout {
  return { ...layout, widths: named(layout.widths, { [name]: Math.round(width) }) };
}

export function hidden(layout: Layout, name: string, isOff: boolean): Layout {
  const others = layout.hidden.filter((each) => each !== name);
  return { ...layout, hidden: isOff ? [...others, name] : others };
}

export function pinned(layout: Layout, name: string, pin: Pin | null): Layout {
  const others = named(layout.pinned);
  if (pin) others[name] = pin;
  else delete others[name];
  return { ...layout, pinned: others };
}

/** Put a column before or after another one, pinned as that one is. */
export function reordered(layout: Layout, name: string, other: string, after: boolean): Layout {
  const rest = layout.order.filter((each) => each !== name);
  rest.splice(rest.indexOf(other) + (after ? 1 : 0), 0, name);
  return { ...pinned(layout, name, layout.pinned[other] ?? null), order: rest };
}
