/** The small form in which a column's filter is put together: a test and its values, or boxes to tick. */

import { entryOf, ORDERED, testsFor } from "./asking";
import { button, make } from "./dom";
import { plain } from "./formats";
import type { Column, FilterEntry, Value } from "./types";

export interface FilterForm {
  el: HTMLElement;
  /** Values that the column has, which the session has found. */
  suggest(values: Value[]): void;
}

const INPUT_TYPES: Record<string, string> = { date: "date", datetime: "datetime-local", time: "time" };

/** A form with what the filter is now; `done` is given the new one, null for none. */
export function filterForm(column: Column, now: FilterEntry | null, done: (entry: FilterEntry | null) => void, leave: () => void): FilterForm {
  const form = make("form", { class: "filter" });
  const el = make("div", { role: "dialog", "aria-label": `Filter by ${column.heading}` }, form);
  const isBoxes = column.kind === "choice" || (now?.[1] === "in" && Array.isArray(now[2]));
  const part = column.kind === "boolean" ? booleanPart(column, now) : isBoxes ? null : testPart(column, now);
  const boxes = new Boxes(column, now?.[1] === "in" && Array.isArray(now[2]) ? (now[2] as Value[]) : null);
  const takesBoxes = !ORDERED.has(column.kind) && column.kind !== "boolean";
  form.append(make("strong", {}, column.heading));
  if (part) form.append(part.el);
  if (takesBoxes) form.append(boxes.el);
  if (column.choices) boxes.suggest(column.choices);
  form.append(make("div", { class: "ends" }, button("Clear", () => done(null)), make("button", { type: "submit", class: "loud" }, "Apply")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(part?.entry() ?? boxes.entry());
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
  });
  return { el, suggest: (values) => takesBoxes && boxes.suggest(values) };
}

interface Part {
  el: HTMLElement;
  entry(): FilterEntry | null;
}

function testPart(column: Column, now: FilterEntry | null): Part {
  const select = make("select", { "aria-label": "Test" });
  for (const [test, words] of testsFor(column.kind)) select.append(make("option", { value: test }, words));
  const first = input(column, "Value");
  const second = input(column, "Up to");
  if (now && now[1] !== "in") fill(now, select, first, second);
  const show = () => {
    first.hidden = select.value === "empty" || select.value === "not empty";
    second.hidden = select.value !== "between";
    first.setAttribute("aria-label", select.value === "between" ? "From" : "Value");
  };
  select.addEventListener("change", show);
  show();
  first.autofocus = true;
  return { el: make("div", { class: "tests" }, select, first, second), entry: () => entryOf(column, select.value, first.value, second.value) };
}

function fill([, test, value]: FilterEntry, select: HTMLSelectElement, first: HTMLInputElement, second: HTMLInputElement): void {
  select.value = test;
  const [low, high] = Array.isArray(value) ? value : [value, null];
  first.value = plain(low as Value);
  second.value = plain(high as Value);
}

function input(column: Column, label: string): HTMLInputElement {
  const type = INPUT_TYPES[column.kind] ?? "text";
  const mode = ORDERED.has(column.kind) && type === "text" ? { inputmode: "decimal" } : {};
  return make("input", { type, "aria-label": label, placeholder: label, step: "any", spellcheck: "false", ...mode });
}

function booleanPart(column: Column, now: FilterEntry | null): Part {
  const select = make("select", { "aria-label": "Value" });
  for (const [value, words] of [["", "Any"], ["true", "Yes"], ["false", "No"], ["empty", "Empty"]]) {
    if (value !== "empty" || column.nullable) select.append(make("option", { value: value! }, words!));
  }
  select.value = now === null ? "" : now[1] === "empty" ? "empty" : String(now[2]);
  const entry = (): FilterEntry | null => {
    if (select.value === "empty") return [column.name, "empty", null];
    return select.value ? [column.name, "is", select.value === "true"] : null;
  };
  return { el: make("div", { class: "tests" }, select), entry };
}

/** A box for each value that the column has. */
class Boxes {
  readonly el = make("div", { class: "boxes", role: "group", "aria-label": "Values" });
  private values: Value[] = [];

  constructor(
    private readonly column: Column,
    private readonly ticked: Value[] | null,
  ) {}

  suggest(values: Value[]): void {
    this.values = [...values, ...(this.ticked ?? []).filter((value) => !values.includes(value))];
    this.el.replaceChildren(...this.values.map((value, place) => this.box(value, place)));
  }

  private box(value: Value, place: number): HTMLElement {
    const box = make("input", { type: "checkbox", value: String(place) });
    box.checked = this.ticked?.includes(value) ?? false;
    return make("label", {}, box, make("span", {}, value === null ? "(empty)" : plain(value)));
  }

  entry(): FilterEntry | null {
    const boxes = [...this.el.querySelectorAll<HTMLInputElement>("input")];
    const on = boxes.filter(({ checked }) => checked).map((box) => this.values[Number(box.value)]!);
    return on.length === 0 || on.length === boxes.length ? null : [this.column.name, "in", on];
  }
}
