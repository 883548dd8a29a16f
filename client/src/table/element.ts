/** <hf-table>: a window onto rows that the session holds.
 *
 *     scrolled        → view {"number": 7, "first": 10392, "count": 52}        which rows are seen
 *     rows            ← {"view": 7, "first": 10392, "keys": […], "cells": …}   those rows; what was there before stays until then
 *     a price changes ← cells [[3], [1], [10.5], null]                          only that cell
 *
 * Only the cells that are seen are elements, always the same ones. All that is shown is text; nothing is ever markup.
 */

import { suggested } from "./menus";
import { Chosen } from "./selection";
import { Table } from "./table";
import type { Action, Asked, Column, Layout, RowsProp, Tone, Value } from "./types";

const NOTHING: Asked = { order: [], filters: [], search: "", group: [] };

/** What each property does when it is set; null takes it back. */
const PROPS: Record<string, (table: Table, value: never, el: TableElement) => void> = {
  columns: (table, value: Column[] | null, el) => table.setColumns(value ?? [], el.layoutGiven),
  layout: (table, value: Partial<Layout> | null, el) => {
    el.layoutGiven = value;
    table.setColumns(table.state.columns, value);
  },
  rows: (table, value: RowsProp | null) => value && table.setRows(value),
  asked: (table, value: Asked | null) => table.setAsked({ ...NOTHING, ...value }),
  totals: (table, value: Record<string, Value> | null) => table.setTotals(value),
  reading: (table, value: boolean | null) => note(table, { reading: value === true }),
  working: (table, value: string | null) => note(table, { working: value }),
  failure: (table, value: string | null) => note(table, { failure: value }),
  advice: (table, value: string | null) => note(table, { advice: value }),
  searches: (table, value: boolean | null) => note(table, { searches: value === true }),
  exports: (table, value: boolean | null) => note(table, { exports: value === true }),
  selecting: (table, value: "none" | "one" | "many" | null) => {
    table.state.selecting = value ?? "none";
    rearrange(table);
  },
  selected: (table, value: number[] | { all: true } | null) => {
    table.state.chosen = new Chosen(value);
    table.refresh();
  },
  opens: (table, value: boolean | null) => void (table.state.opens = value === true),
  erases: (table, value: boolean | null) => void (table.state.erases = value === true),
  actions: (table, value: Action[] | null) => void (table.state.actions = value ?? []),
  details: (table, value: boolean | null) => {
    table.state.details = value === true;
    rearrange(table);
  },
  detailed: (table, value: number | null) => {
    table.state.detailed = value;
    table.placeDetails();
    table.refresh();
  },
  label: (table, value: string | null) => {
    if (value) table.grid.el.setAttribute("aria-label", value);
    else table.grid.el.removeAttribute("aria-label");
  },
};

function note(table: Table, notes: Partial<Table["notes"]>): void {
  Object.assign(table.notes, notes);
  table.paintAround();
}

function rearrange(table: Table): void {
  table.state.arrange();
  table.refresh();
}

export class TableElement extends HTMLElement {
  /** The layout that the session has given; null for none. */
  layoutGiven: Partial<Layout> | null = null;
  private readonly given: Record<string, unknown> = {};
  private readonly table = new Table(this.attachShadow({ mode: "open" }), (event, value) => this.tell(event, value));

  constructor() {
    super();
    // What was set while this was not loaded yet is an own property still, and hides the accessors below.
    const self = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(PROPS)) {
      if (!Object.hasOwn(this, name)) continue;
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
  }

  static {
    for (const [name, take] of Object.entries(PROPS)) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        get(this: TableElement) {
          return this.given[name] ?? null;
        },
        set(this: TableElement, value: unknown) {
          const given = value ?? null; // what was taken back before this was loaded was undefined then
          this.given[name] = given;
          take(this.table, given as never, this);
        },
      });
    }
  }

  connectedCallback(): void {
    this.table.connect();
  }

  disconnectedCallback(): void {
    this.table.disconnect();
  }

  /** The property of the same name holds what there is to say about an event. */
  private tell(event: string, value: unknown): void {
    if (event in PROPS) this.given[event] = value;
    else (this as unknown as Record<string, unknown>)[event] = value;
    if (event === "layout") this.layoutGiven = value as Layout;
    this.dispatchEvent(new Event(event));
  }

  override focus(): void {
    this.table.focus();
  }

  // ── so that whoever draws everything anew can put it back where it was ──

  override get scrollTop(): number {
    return this.table.state.place.top;
  }

  override set scrollTop(top: number) {
    this.table.grid.scrollTo(top);
  }

  override get scrollLeft(): number {
    return this.table.state.left;
  }

  override set scrollLeft(left: number) {
    this.table.grid.scrollTo(this.scrollTop, left);
  }

  override scrollTo(options?: ScrollToOptions | number): void {
    if (typeof options === "object") this.table.grid.scrollTo(options.top ?? this.scrollTop, options.left);
  }

  // ── calls from the session ──

  cells(rows: number[], columns: number[], values: Value[], tones: Tone[] | null): void {
    this.table.cells(rows, columns, values, tones);
  }

  copied(text: string): void {
    this.table.copied(text);
  }

  told(sentence: string): void {
    this.table.say(sentence);
  }

  refused(id: number | null, column: string | null, sentence: string): void {
    this.table.refused(id, column, sentence);
  }

  suggested(column: string, values: Value[]): void {
    suggested(column, values);
  }

  /** Offer a text as a download. */
  exported(name: string, text: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

customElements.define("hf-table", TableElement);
