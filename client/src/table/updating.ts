/** Values that change: painted where they are, and lit up for a moment. */

import type { Grid } from "./grid";
import type { Rows } from "./model";
import type { State } from "./state";
import type { Tone, Value } from "./types";

interface Shown {
  slot: number;
  flash: boolean;
}

/** Some cells have other values: at once, for this is what a frame is for. */
export function update(state: State, grid: Grid, rows: number[], places: number[], values: Value[], tones: Tone[] | null): void {
  const shown = shownByPlace(state, grid);
  const { prop } = state.rows;
  state.rows.update(rows, places, values, tones, (index, place, before) => {
    state.answered(state.rows.id(index), prop.columns[place]!);
    const found = shown[place];
    if (!found) return;
    const cell = grid.pool.paintCell(index, found.slot);
    const now = state.rows.value(index, place);
    if (cell && found.flash && before !== now && now !== null && before !== null) grid.flashes.light(cell, before, now);
  });
}

/** For each place in the order of cells: where on the screen it is, if it is. */
function shownByPlace(state: State, grid: Grid): (Shown | undefined)[] {
  const found: (Shown | undefined)[] = [];
  state.arranged.all.forEach(({ column }, at) => {
    const place = column ? state.rows.place(column.name) : -1;
    const slot = place < 0 ? -1 : grid.pool.slot(at);
    if (slot >= 0) found[place] = { slot, flash: column!.flash };
  });
  return found;
}

/** All rows came anew: light up what is another value now, in those that were there before. */
export function lightUpMoved(state: State, grid: Grid, before: Rows): void {
  const flashing = state.columns.filter(({ flash }) => flash);
  if (flashing.length === 0 || before.prop.keys.length === 0) return;
  requestAnimationFrame(() => {
    const { first, end } = state.place.seen();
    for (let index = first; index < end; index++) {
      const was = before.indexOf(state.rows.id(index) ?? -1);
      if (was !== undefined) for (const { name } of flashing) lightUp(state, grid, index, name, before.value(was, before.place(name)));
    }
  });
  grid.soon();
}

function lightUp(state: State, grid: Grid, index: number, name: string, was: Value): void {
  const now = state.rows.value(index, state.rows.place(name));
  if (was === now || now === null || typeof now === "object") return;
  const slot = grid.pool.slot(state.arranged.all.findIndex(({ column }) => column?.name === name));
  const cell = slot < 0 ? null : grid.pool.paintCell(index, slot);
  if (cell) grid.flashes.light(cell, was, now);
}

/** Write numbers once before they are painted, so that all of a column have as many digits from the start. */
export function writeNumbers(state: State): void {
  for (const column of state.columns) {
    if (column.kind !== "float" || column.digits !== null) continue;
    state.rows.prop.cells[state.rows.place(column.name)]?.forEach(state.format(column));
  }
}
