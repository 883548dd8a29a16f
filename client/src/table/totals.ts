/** The line below all rows, with what they come to. */

import { make } from "./dom";
import { seenColumns, xOf } from "./pool";
import type { State } from "./state";

export class Totals {
  private readonly row = make("div", { role: "row", class: "heads" });
  private readonly el = make("div", { class: "foot", role: "rowgroup" }, this.row);
  private shown = "";

  constructor(
    stage: HTMLElement,
    private readonly state: State,
  ) {
    this.el.hidden = true;
    stage.append(this.el);
  }

  get isShown(): boolean {
    return !this.el.hidden;
  }

  get height(): number {
    return this.isShown ? this.el.offsetHeight : 0;
  }

  /** Stand so far above the lower edge. */
  put(bottom: number): void {
    if (this.el.style.bottom !== `${bottom}px`) this.el.style.bottom = `${bottom}px`;
  }

  paint(): void {
    const { state } = this;
    this.el.hidden = !state.totals || Object.keys(state.totals).length === 0;
    if (this.el.hidden) return;
    this.row.style.transform = `translateX(${-state.left}px)`;
    const places = seenColumns(state);
    const now = JSON.stringify([places, state.arranged, state.totals, state.rows.total]);
    if (now === this.shown) return;
    this.shown = now;
    this.row.setAttribute("aria-rowindex", String(state.rows.total + 2));
    this.row.replaceChildren(...places.map((place) => this.cell(place)));
  }

  private cell(place: number): HTMLElement {
    const { state } = this;
    const placed = state.arranged.all[place]!;
    const { column } = placed;
    const value = column ? state.total(column.name) : null;
    const el = make("div", { role: "gridcell", class: `cell ${column?.align ?? "own"}${placed.pin ? " pin" : ""}`, "aria-colindex": String(place + 1) });
    el.style.left = `${xOf(state, placed)}px`;
    el.style.width = `${placed.width}px`;
    el.textContent = column && value !== null ? state.format(column)(value) : place === state.firstColumn ? "Total" : "";
    return el;
  }
}
