/** A table's parts brought together: what the session says goes to them, what the person does comes from them. */

import { filtered, grouped, sorted } from "./asking";
import { Bar, type Notes } from "./bar";
import { keepIn, put, watchClipboard } from "./copying";
import { chooseAll, goTo, move } from "./doing";
import { button, make } from "./dom";
import { Editor } from "./edit";
import { fittedWidth, totalWidth } from "./fitting";
import { Grid } from "./grid";
import { reordered, resized, whole } from "./layouts";
import { look } from "./look";
import { openColumnMenu, openFilter } from "./menus";
import { Rows } from "./model";
import type { Parts } from "./parts";
import { listenToFingers, listenToPointer } from "./pointing";
import { openMenu } from "./popup";
import { State } from "./state";
import { listenToKeys } from "./typing";
import { lightUpMoved, update, writeNumbers } from "./updating";
import type { Asked, Column, Layout, RowsProp, Tone, Value } from "./types";

/** An edit that nobody has answered for so long is shown no more, in milliseconds. */
const UNANSWERED = 15_000;
/** How tall the details of a row are, in rows. */
const DETAIL_ROWS = 8;

export class Table {
  readonly state = new State();
  readonly notes: Notes = { searches: false, exports: false, reading: false, working: null, failure: null, advice: null, refusal: null };
  readonly grid: Grid;
  private readonly frame = make("div", { class: "frame" });
  private readonly details = make("div", { class: "details", role: "region", "aria-label": "Details" }, make("slot", { name: "details" }));
  private readonly empty = make("div", { class: "empty" });
  private readonly said = make("div", { class: "said", "aria-live": "polite" });
  private readonly editor: Editor;
  private readonly bar: Bar;
  private readonly parts: Parts;
  private unwatch: () => void = () => {};
  private number = 0;
  private isFitted = false;
  private checking: ReturnType<typeof setTimeout> | undefined;

  /** `tell` is how the session is told that something happened. */
  constructor(
    private readonly root: ShadowRoot,
    private readonly tell: (event: string, value: unknown) => void,
  ) {
    root.adoptedStyleSheets = [look()];
    this.grid = this.makeGrid();
    const say = (sentence: string) => this.say(sentence);
    const told = (event: string, value: unknown) => this.happened(event, value);
    this.editor = new Editor(this.grid.over, this.state, { leave: (rows, columns) => this.leaveEditor(rows, columns), tell: told, say: (sentence) => this.refuse(sentence) });
    this.parts = {
      root, state: this.state, grid: this.grid, editor: this.editor, tell: told, say,
      ask: (asked) => this.ask(asked),
      setLayout: (layout, done) => this.setLayout(layout, done),
      refuse: (sentence) => this.refuse(sentence),
    };
    this.state.rewritten = () => this.grid.anew();
    this.bar = this.makeBar();
    this.details.hidden = this.empty.hidden = true;
    this.grid.over.append(this.details);
    this.frame.append(this.grid.el, this.grid.over, ...this.grid.bars.els, this.empty);
    root.append(this.bar.el, this.bar.notes, this.frame, this.said);
    listenToKeys(this.parts);
    listenToPointer(this.parts);
    listenToFingers(this.parts);
    keepIn(root);
  }

  private makeGrid(): Grid {
    const { state } = this;
    return new Grid(state, {
      sort: (column, add) => this.ask(sorted(state.asked, column.name, add)),
      menu: (column, at) => openColumnMenu(this.parts, column, at),
      resize: (column, width, done) => this.setLayout(resized(state.layout, column.name, width), done),
      fit: (column) => this.setLayout(resized(state.layout, column.name, fittedWidth(this.grid.el, state, column)), true),
      reorder: (column, other, after) => this.setLayout(reordered(state.layout, column.name, other.name, after), true),
      chooseAll: () => chooseAll(this.parts),
      focus: (column) => goTo(this.parts, { row: -1, column }),
      view: (first, count) => this.tell("view", { number: ++this.number, first, count }),
      painted: () => this.painted(),
    });
  }

  private makeBar(): Bar {
    const { state } = this;
    return new Bar(state, {
      search: (search) => search !== state.asked.search && this.ask({ ...state.asked, search }),
      unfilter: (name) => this.ask(filtered(state.asked, name, null)),
      ungroup: (name) => this.ask(grouped(state.asked, name, false)),
      editFilter: (name, at) => {
        const column = state.columns.find((each) => each.name === name);
        if (column) openFilter(this.parts, column, at);
      },
      cancel: (what) => this.tell("cancel", what),
      retry: () => this.ask(state.asked),
      dismiss: () => this.refuse(null),
      export: (at) => void openMenu(this.root, "Export", [{ label: "As CSV", icon: "download", act: () => this.tell("export", { format: "csv" }) }], at, () => this.focus()),
    });
  }

  // ── what the session says ───────────────────────────────────────────────────────────────────

  setColumns(columns: Column[], layout: Partial<Layout> | null): void {
    const { state } = this;
    state.columns = columns;
    state.layout = whole(columns, layout);
    state.forgetFormats();
    this.isFitted = false;
    this.fit();
    state.arrange();
    this.refresh();
  }

  setRows(prop: RowsProp): void {
    const { state } = this;
    const before = state.rows;
    state.rows = new Rows(prop);
    state.place.total = prop.total;
    state.compareAll();
    if (before.prop.keys.length === 0) state.at = state.anchor = { row: 0, column: state.firstColumn };
    state.at.row = Math.min(state.at.row, Math.max(0, prop.total - 1));
    state.anchor.row = Math.min(state.anchor.row, Math.max(0, prop.total - 1));
    writeNumbers(state);
    this.fit();
    this.placeDetails();
    this.refresh();
    lightUpMoved(state, this.grid, before);
  }

  cells(rows: number[], places: number[], values: Value[], tones: Tone[] | null): void {
    update(this.state, this.grid, rows, places, values, tones);
  }

  setAsked(asked: Asked): void {
    this.state.asked = asked;
    this.refresh();
  }

  setTotals(totals: Record<string, Value> | null): void {
    this.state.totals = totals;
    this.widenForTotals();
    this.grid.remeasure();
  }

  /** Whether something is not taken: at its cell, or, where that is not here, above the rows. */
  refused(id: number | null, name: string | null, sentence: string): void {
    const { state } = this;
    const typed = id === null || name === null ? undefined : state.refuse(id, name, sentence);
    if (id === null || state.rows.indexOf(id) === undefined || typed === undefined) {
      this.refuse(typed ? `${sentence} (What was typed: ${typed})` : sentence);
    }
    this.say(sentence);
    this.grid.anew();
  }

  copied(text: string): void {
    void put(text).then((isDone) => this.say(isDone ? "Copied" : "The browser did not let this be copied."));
  }

  say(sentence: string): void {
    this.said.textContent = sentence;
  }

  refuse(sentence: string | null): void {
    this.notes.refusal = sentence;
    this.paintAround();
  }

  // ── what the person does ────────────────────────────────────────────────────────────────────

  private happened(event: string, value: unknown): void {
    this.tell(event, value);
    if (event !== "edit" && event !== "clear" && event !== "paste") return;
    this.grid.anew();
    clearTimeout(this.checking);
    this.checking = setTimeout(() => this.state.dropUnanswered(UNANSWERED) && this.grid.anew(), UNANSWERED + 100);
  }

  private ask(asked: Asked): void {
    const { state, grid } = this;
    state.asked = asked;
    this.tell("ask", asked);
    grid.forgetAsked();
    grid.scrollTo(0);
    this.refresh();
  }

  private setLayout(layout: Layout, done: boolean): void {
    this.state.layout = layout;
    this.state.arrange();
    this.grid.anew();
    if (done) this.tell("layout", layout);
  }

  private leaveEditor(rows: number, columns: number): void {
    this.frame.classList.remove("typing");
    if (rows || columns || !this.root.activeElement) this.focus();
    if (rows || columns) move(this.parts, rows, columns);
    this.grid.anew();
  }

  focus(): void {
    this.grid.el.focus({ preventScroll: true });
  }

  // ── the rest of what is seen ────────────────────────────────────────────────────────────────

  /** All of it is to be looked at anew. */
  refresh(): void {
    this.grid.anew();
    this.paintAround();
  }

  paintAround(): void {
    this.bar.paint(this.notes);
    const { rows, asked } = this.state;
    const isEmpty = rows.total === 0 && rows.prop.exact && this.state.columns.length > 0 && !this.notes.reading;
    if (this.empty.hidden === isEmpty) this.empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const isAsked = asked.filters.length > 0 || asked.search !== "";
    const clear = button("Show all rows", () => this.ask({ ...asked, filters: [], search: "" }));
    this.empty.replaceChildren(make("span", {}, isAsked ? "No rows match" : "No rows"), ...(isAsked ? [clear] : []));
  }

  private painted(): void {
    this.editor.follow();
    this.frame.classList.toggle("typing", this.editor.isOpen);
    this.followDetails();
  }

  placeDetails(): void {
    const { state } = this;
    const at = state.detailed === null ? -1 : state.rows.indexOf(state.detailed);
    if (at !== undefined) state.place.detail = at; // while its row is not here, it stays where it was
    state.place.detailHeight = state.place.rowHeight * DETAIL_ROWS;
  }

  private followDetails(): void {
    const { place, wide } = this.state;
    this.details.hidden = place.detail < 0;
    if (place.detail < 0) return;
    place.detailHeight = place.rowHeight * DETAIL_ROWS;
    const y = (place.detail + 1) * place.rowHeight - place.top;
    this.details.style.transform = `translateY(${y}px)`;
    this.details.style.width = `${wide}px`;
    this.details.style.height = `${place.detailHeight}px`;
  }

  /** Columns that nobody has given a width get that of their first rows. */
  private fit(): void {
    const { state } = this;
    if (this.isFitted || state.columns.length === 0 || state.rows.prop.keys.length === 0 || !this.grid.el.isConnected) return;
    this.isFitted = true;
    state.fitted = new Map(state.columns.map((column) => [column.name, fittedWidth(this.grid.el, state, column)]));
    state.arrange();
  }

  /** Totals come when the first rows are here already. Columns never become narrower for them: a live total would have them tremble. */
  private widenForTotals(): void {
    const { state } = this;
    if (!this.isFitted || state.totals === null) return;
    const tight = state.columns.flatMap((column) => {
      const width = totalWidth(this.grid.el, state, column);
      return width > (state.fitted.get(column.name) ?? 0) ? [[column.name, width] as const] : [];
    });
    if (tight.length === 0) return;
    for (const [name, width] of tight) state.fitted.set(name, width);
    state.arrange();
    this.grid.anew();
  }

  connect(): void {
    this.fit();
    this.grid.connect();
    this.unwatch = watchClipboard(this.parts);
  }

  disconnect(): void {
    this.grid.disconnect();
    this.unwatch();
  }
}
