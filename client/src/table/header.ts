/** The headings: sorting by a press, widths and order by dragging, and a button for each column's menu. */

import type { Placed } from "./columns";
import { NARROWEST } from "./columns";
import { button, icon, make } from "./dom";
import { seenColumns, xOf } from "./pool";
import type { State } from "./state";
import type { Column } from "./types";

/** What a person does to a heading. */
export interface HeaderActs {
  sort(column: Column, add: boolean): void;
  menu(column: Column, at: DOMRect): void;
  /** While the edge is dragged, and once more with `done` at its end. */
  resize(column: Column, width: number, done: boolean): void;
  fit(column: Column): void;
  /** Put a column where another one is, before or after it. */
  reorder(column: Column, other: Column, after: boolean): void;
  chooseAll(): void;
  focus(place: number): void;
}

interface Heading {
  el: HTMLElement;
  words: HTMLElement;
  sign: HTMLElement;
  placed: Placed | null;
}

let made = 0;

/** Further than this from where it was pressed, a heading is dragged. */
const DRAGGED = 5;

export class Header {
  readonly el = make("div", { role: "row", class: "heads", "aria-rowindex": "1" });
  private readonly headings = new Map<string, Heading>();
  private readonly mark = make("div", { class: "mark" });
  private moved = "";

  constructor(
    group: HTMLElement,
    private readonly state: State,
    private readonly acts: HeaderActs,
  ) {
    this.mark.hidden = true;
    group.append(this.el, this.mark);
  }

  paint(): void {
    const { state } = this;
    const moved = `translateX(${-state.left}px)`;
    if (moved !== this.moved) this.el.style.transform = this.moved = moved;
    const seen = new Set<string>();
    for (const place of seenColumns(state)) seen.add(this.paintOne(place));
    for (const [name, { el }] of this.headings) {
      if (seen.has(name)) continue;
      el.remove();
      this.headings.delete(name);
    }
  }

  /** The element of a column's heading, if it is on the screen. */
  heading(place: number): HTMLElement | null {
    const placed = this.state.arranged.all[place];
    return (placed && this.headings.get(nameOf(placed))?.el) ?? null;
  }

  private paintOne(place: number): string {
    const { state } = this;
    const placed = state.arranged.all[place]!;
    const name = nameOf(placed);
    let heading = this.headings.get(name);
    if (!heading) this.headings.set(name, (heading = this.newHeading(placed)));
    const { el } = heading;
    if (heading.placed !== placed) {
      heading.placed = placed;
      el.style.left = `${xOf(state, placed)}px`;
      el.style.width = `${placed.width}px`;
      el.setAttribute("aria-colindex", String(place + 1));
      if (placed.column) heading.words.textContent = el.title = placed.column.heading;
    }
    const isAt = state.at.row < 0 && state.at.column === place;
    const look = `heading ${placed.column?.align ?? "own"}${placed.pin ? " pin" : ""}${isAt ? " at" : ""}`;
    if (el.className !== look) el.className = look;
    if (placed.column) this.paintSort(heading, placed.column);
    else this.paintOwn(heading, placed);
    return name;
  }

  private paintSort({ el, sign }: Heading, column: Column): void {
    const { order, filters } = this.state.asked;
    const place = order.findIndex(([name]) => name === column.name);
    const isDown = order[place]?.[1];
    const sort = isDown === undefined ? (column.sortable ? "none" : null) : isDown ? "descending" : "ascending";
    if (sort === null) el.removeAttribute("aria-sort");
    else if (el.getAttribute("aria-sort") !== sort) el.setAttribute("aria-sort", sort);
    const words = `${isDown === undefined ? "" : isDown ? "↓" : "↑"}${place >= 0 && order.length > 1 ? place + 1 : ""}`;
    if (sign.textContent !== words) sign.textContent = words;
    el.classList.toggle("filtered", filters.some(([name]) => name === column.name));
  }

  private paintOwn({ el, words }: Heading, placed: Placed): void {
    const { chosen, rows } = this.state;
    if (placed.own !== "check") return;
    const isAll = chosen.all || (rows.total > 0 && chosen.ids.size >= rows.total);
    el.classList.add("box");
    el.classList.toggle("on", isAll);
    el.classList.toggle("some", !isAll && !chosen.isEmpty);
    const said = isAll ? "All rows are selected" : "Select all rows";
    if (words.textContent !== said) words.textContent = said;
  }

  // ── one heading ─────────────────────────────────────────────────────────────────────────────

  private newHeading(placed: Placed): Heading {
    const el = make("div", { role: "columnheader", id: `head-${made++}` });
    const words = make("span", { class: "name" });
    const sign = make("span", { class: "sign", "aria-hidden": "true" });
    this.el.append(el);
    const { column } = placed;
    if (column) {
      const more = button(`Menu of ${column.heading}`, () => this.acts.menu(column, el.getBoundingClientRect()), { class: "more", tabindex: "-1" }, icon("ellipsis-vertical"));
      const grip = make("div", { class: "grip" });
      el.append(words, sign, more, grip);
      this.listen(el, column);
      this.listenToGrip(grip, column);
    } else {
      words.className = "said";
      words.textContent = "Details";
      el.append(words);
      if (placed.own === "check") el.addEventListener("click", () => this.acts.chooseAll());
    }
    return { el, words, sign, placed: null };
  }

  private listen(el: HTMLElement, column: Column): void {
    let wasDragged = false;
    el.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || isInside(event, ".more, .grip")) return;
      wasDragged = false;
      this.drag(el, event, column, () => (wasDragged = true));
    });
    el.addEventListener("click", (event) => {
      if (isInside(event, ".more, .grip") || wasDragged) return;
      this.acts.focus(this.state.arranged.all.findIndex((placed) => placed.column === column));
      if (column.sortable) this.acts.sort(column, event.shiftKey);
    });
    el.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.acts.menu(column, el.getBoundingClientRect());
    });
  }

  private listenToGrip(grip: HTMLElement, column: Column): void {
    grip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      const from = event.clientX;
      const placed = this.state.arranged.all.find((each) => each.column === column)!;
      const width = placed.width;
      const way = placed.pin === "end" ? -1 : 1;
      const widthAt = (event: PointerEvent) => Math.max(NARROWEST, width + way * (event.clientX - from));
      let isMoved = false;
      follow(grip, event, (move) => {
        isMoved ||= Math.abs(move.clientX - from) > 1;
        if (isMoved) this.acts.resize(column, widthAt(move), false);
      }, (up) => isMoved && this.acts.resize(column, widthAt(up), true));
    });
    grip.addEventListener("dblclick", () => this.acts.fit(column));
  }

  /** Follow the pointer with a heading, and put its column where it is let go. */
  private drag(el: HTMLElement, down: PointerEvent, column: Column, began: () => void): void {
    let target: { place: number; after: boolean } | null = null;
    follow(el, down, (move) => {
      if (target === null && Math.abs(move.clientX - down.clientX) < DRAGGED) return;
      began();
      el.classList.add("dragged");
      target = this.targetAt(move.clientX);
      this.showMark(target);
    }, () => {
      el.classList.remove("dragged");
      this.mark.hidden = true;
      const other = target && this.state.column(target.place);
      if (target && other && other !== column) this.acts.reorder(column, other, target.after);
    });
  }

  private targetAt(x: number): { place: number; after: boolean } | null {
    for (const place of seenColumns(this.state).reverse()) {
      const box = this.heading(place)?.getBoundingClientRect();
      const isPinned = this.state.arranged.all[place]!.pin !== null;
      if (!box || x < box.left || (x > box.right && !isPinned)) continue;
      if (x <= box.right && this.state.column(place)) return { place, after: x > box.left + box.width / 2 };
    }
    return null;
  }

  private showMark(target: { place: number; after: boolean } | null): void {
    this.mark.hidden = target === null;
    if (target === null) return;
    const box = this.heading(target.place)!.getBoundingClientRect();
    const from = this.el.parentElement!.getBoundingClientRect().left;
    this.mark.style.transform = `translateX(${(target.after ? box.right : box.left) - from - 1}px)`;
  }
}

function nameOf(placed: Placed): string {
  return placed.column?.name ?? `·${placed.own}`;
}

function isInside(event: Event, selector: string): boolean {
  return (event.target as Element).closest(selector) !== null;
}

/** Follow the pointer until it is let go, wherever it goes. */
function follow(el: HTMLElement, down: PointerEvent, move: (event: PointerEvent) => void, up: (event: PointerEvent) => void): void {
  const over = new AbortController();
  const { signal } = over;
  el.setPointerCapture(down.pointerId);
  el.addEventListener("pointermove", move, { signal });
  el.addEventListener("pointercancel", () => over.abort(), { signal });
  el.addEventListener("pointerup", (event) => {
    over.abort();
    up(event);
  }, { signal });
}
