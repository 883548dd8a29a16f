/** The field in which a cell is edited: it stands over its cell, goes where its row goes, and belongs to who types.
 *
 * Values that come for its cell meanwhile are for the cell alone. If its row goes away, the field and what was typed stay.
 */

import { make } from "./dom";
import { decimalSign, editable, typed } from "./formats";
import { isPartial } from "./model";
import { xOf } from "./pool";
import type { State } from "./state";
import type { Column, Spot } from "./types";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export interface EditorActs {
  /** Typing is over: give the focus back to the grid, and go on by so many rows and columns. */
  leave(rows: number, columns: number): void;
  tell(event: string, value: unknown): void;
  say(sentence: string): void;
}

interface Editing {
  id: number;
  column: Column;
  /** Where its line was seen last. */
  index: number;
  field: Field;
  before: string;
}

const GONE = "This row is gone. What you typed is kept here: copy it, or press Escape.";
const NATIVE: Partial<Record<Column["kind"], string>> = { date: "date", datetime: "datetime-local", time: "time" };
/** A text this long, or of several lines, gets a taller field. */
const TALL = 60;

export class Editor {
  private now: Editing | null = null;
  private readonly bubble = make("div", { class: "bubble", role: "alert" });

  constructor(
    private readonly over: HTMLElement,
    private readonly state: State,
    private readonly acts: EditorActs,
  ) {
    this.bubble.hidden = true;
    over.append(this.bubble);
  }

  get isOpen(): boolean {
    return this.now !== null;
  }

  /** Edit the cell there; `start` is what takes the place of its value. False where nothing can be edited. */
  open(spot: Spot, start: string | null): boolean {
    const { rows } = this.state;
    const column = this.state.column(spot.column);
    const id = rows.id(spot.row);
    if (!column?.editable || id === undefined || rows.size(spot.row) !== null || rows.place(column.name) < 0) return false;
    const value = rows.value(spot.row, rows.place(column.name));
    const pending = this.state.pending(id, column);
    if (column.kind === "boolean") return this.toggle(id, column, value === true);
    if (isPartial(value)) {
      this.acts.say("This value is too long to be edited here.");
      return true;
    }
    const before = editable(value, column);
    const field = fieldFor(column, start !== null);
    field.classList.add("editor", column.align);
    field.setAttribute("aria-label", column.heading);
    this.now = { id, column, index: spot.row, field, before };
    this.over.append(field);
    field.value = start ?? pending?.text ?? before;
    this.listen(field);
    this.follow();
    field.focus({ preventScroll: true });
    if (start === null && "select" in field) field.select();
    return true;
  }

  private toggle(id: number, column: Column, was: boolean): boolean {
    this.state.setPending(id, column.name, String(!was), was);
    this.acts.tell("edit", { id, column: column.name, value: !was, decimal: decimalSign() });
    return true;
  }

  /** Be where the cell is now; what is refused stands below its cell. */
  follow(): void {
    const { state, now } = this;
    if (now === null) return this.showRefusal();
    const here = state.rows.indexOf(now.id);
    if (here !== undefined) now.index = here;
    const isGone = here === undefined && (state.rows.has(now.index) || now.index >= state.rows.total);
    const column = state.arranged.all.findIndex((placed) => placed.column === now.column);
    const box = boxOf(state, { row: now.index, column }, isGone);
    const { style } = now.field;
    const isTall = now.field.localName === "textarea" && (now.field.value.length > TALL || now.field.value.includes("\n"));
    now.field.classList.toggle("tall", isTall);
    style.transform = `translate(${box.x}px, ${box.y}px)`;
    style.width = `${Math.max(box.width, isTall ? 280 : 60)}px`;
    style.height = `${state.place.rowHeight * (isTall ? 4 : 1)}px`;
    const refused = state.pending(now.id, now.column)?.refused ?? null;
    this.say(isGone ? GONE : refused, box.x, box.y + state.place.rowHeight * (isTall ? 4 : 1) + 3);
  }

  private showRefusal(): void {
    const { at, rows, place } = this.state;
    const column = this.state.column(at.column);
    const refused = column && rows.has(at.row) ? (this.state.pending(rows.id(at.row), column)?.refused ?? null) : null;
    if (refused === null) return this.say(null, 0, 0);
    const box = boxOf(this.state, at, false);
    this.say(refused, box.x, box.y + place.rowHeight + 3);
  }

  private say(sentence: string | null, x: number, y: number): void {
    this.bubble.hidden = sentence === null;
    if (sentence === null) return;
    if (this.bubble.textContent !== sentence) this.bubble.textContent = sentence;
    const { height, rowHeight } = this.state.place;
    const held = y + rowHeight * 1.6 > height ? y - rowHeight * 2.6 - 6 : y;
    this.bubble.style.transform = `translate(${Math.max(2, Math.min(x, this.state.wide - 200))}px, ${Math.max(2, held)}px)`;
  }

  /** Close the field, and have what was typed written. */
  commit(rows: number, columns: number): void {
    const { now } = this;
    if (now === null) return;
    const { field, id, column, before } = now;
    if ("validity" in field && field.validity.badInput) return this.acts.say(`${column.heading}: this is not complete.`);
    const text = field.value;
    const wasRefused = this.state.pending(id, column)?.refused != null;
    if (text !== before || wasRefused) {
      const { rows: all } = this.state;
      const index = all.indexOf(id);
      const was = index === undefined ? undefined : all.value(index, all.place(column.name));
      this.state.setPending(id, column.name, text, was);
      this.acts.tell("edit", { id, column: column.name, value: typed(text, column, was ?? null), decimal: decimalSign() });
    }
    this.close();
    this.acts.leave(rows, columns);
  }

  /** Close the field, and forget what was typed. */
  cancel(): void {
    if (this.now === null) return;
    this.state.endPending(this.now.id, this.now.column.name);
    this.close();
    this.acts.leave(0, 0);
  }

  private close(): void {
    const field = this.now?.field;
    this.now = null; // first: the field loses the focus when it goes
    field?.remove();
    this.bubble.hidden = true;
  }

  private listen(field: Field): void {
    field.addEventListener("keydown", (event) => this.key(event as KeyboardEvent));
    field.addEventListener("input", () => this.follow());
    field.addEventListener("blur", () => {
      if (this.now?.field === field && document.hasFocus() && !this.isOrphan()) this.commit(0, 0);
    });
  }

  private isOrphan(): boolean {
    return this.now !== null && this.state.rows.indexOf(this.now.id) === undefined;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const { key } = event;
    event.stopPropagation();
    if (key === "Enter" && (event.altKey || event.shiftKey || event.ctrlKey) && this.now?.field.localName === "textarea") return this.breakLine(event);
    if (key === "Enter") this.commit(event.shiftKey ? -1 : 1, 0);
    else if (key === "Tab") this.commit(0, event.shiftKey ? -1 : 1);
    else if (key === "Escape") this.cancel();
    else return;
    event.preventDefault();
  }

  private breakLine(event: KeyboardEvent): void {
    if (event.shiftKey) return; // the browser's own
    const field = this.now!.field as HTMLTextAreaElement;
    event.preventDefault();
    field.setRangeText("\n", field.selectionStart, field.selectionEnd, "end");
    this.follow();
  }
}

function fieldFor(column: Column, isTyped: boolean): Field {
  if (column.choices) {
    const texts = column.nullable ? ["", ...column.choices] : column.choices;
    return make("select", {}, ...texts.map((text) => make("option", { value: text }, text)));
  }
  const native = NATIVE[column.kind];
  // What begins with a letter that was typed is a plain field: those of the browser for dates would swallow it.
  if (native && !isTyped) return make("input", { type: native, step: "any" });
  if (native || column.kind === "integer" || column.kind === "float" || column.kind === "decimal" || column.kind === "duration") {
    return make("input", { type: "text", inputmode: "decimal", spellcheck: "false", autocomplete: "off" });
  }
  return make("textarea", { rows: "1", spellcheck: "false", autocomplete: "off" });
}

/** Where a cell is, seen from the corner of the rows; held in sight where it must be. */
function boxOf(state: State, { row, column }: Spot, isHeld: boolean): { x: number; y: number; width: number } {
  const placed = state.arranged.all[column];
  const y = state.place.y(row) - state.place.top;
  const held = Math.max(0, Math.min(y, state.place.height - state.place.rowHeight * 3));
  if (!placed) return { x: 0, y: held, width: 200 };
  return { x: xOf(state, placed) - (placed.pin ? 0 : state.left), y: isHeld ? held : y, width: placed.width };
}
