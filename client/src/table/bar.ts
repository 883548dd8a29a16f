/** What stands above the headings, if there is anything to say: search, filters as chips, what goes on, what went wrong. */

import { inWords } from "./asking";
import { button, icon, make } from "./dom";
import { plain } from "./formats";
import type { State } from "./state";
import type { Value } from "./types";

export interface BarActs {
  search(words: string): void;
  unfilter(name: string): void;
  ungroup(name: string): void;
  editFilter(name: string, at: DOMRect): void;
  /** What is read, or what is being done. */
  cancel(what: "reading" | "working"): void;
  retry(): void;
  dismiss(): void;
  export(at: DOMRect): void;
}

export interface Notes {
  searches: boolean;
  exports: boolean;
  reading: boolean;
  /** What is being done that takes a while. */
  working: string | null;
  failure: string | null;
  advice: string | null;
  /** Why something that was pasted, say, was not taken. */
  refusal: string | null;
}

/** After the last letter, until the search goes out. */
const TYPING = 200;

export class Bar {
  readonly el = make("div", { class: "bar" });
  readonly notes = make("div", { class: "notes" });
  private readonly search = make("input", { type: "search", "aria-label": "Search", placeholder: "Search", spellcheck: "false" });
  private readonly field = make("label", { class: "search" }, icon("search"), this.search);
  /** Always the same: its words change ten times a second, and a button that is replaced while it is pressed is not pressed. */
  private readonly working = note("reading", "", button("Cancel", () => this.acts.cancel("working")));
  private readonly chips = make("div", { class: "chips", role: "group", "aria-label": "Filters" });
  private readonly count = make("span", { class: "count" });
  private readonly export: HTMLElement;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shown = "";

  constructor(
    private readonly state: State,
    private readonly acts: BarActs,
  ) {
    this.export = button("Export", () => acts.export(this.export.getBoundingClientRect()), { class: "plain" }, icon("download"));
    this.working.setAttribute("role", "group"); // nobody wants each percent read out
    this.el.append(this.field, this.chips, make("span", { class: "space" }), this.count, this.export);
    this.search.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => acts.search(this.search.value), TYPING);
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      clearTimeout(this.timer);
      acts.search(this.search.value);
    });
  }

  paint(notes: Notes): void {
    const { asked, rows } = this.state;
    this.field.hidden = !notes.searches;
    this.export.hidden = !notes.exports;
    this.count.textContent = notes.reading && rows.total === 0 ? "" : counted(rows.total, rows.prop.exact);
    const root = this.el.getRootNode() as ShadowRoot;
    const isTyping = root.activeElement === this.search;
    if (!isTyping && this.search.value !== asked.search) this.search.value = asked.search;
    this.paintChips();
    this.el.hidden = !notes.searches && !notes.exports && asked.filters.length + asked.group.length === 0;
    this.paintNotes(notes);
  }

  private paintChips(): void {
    const { asked, columns } = this.state;
    const now = JSON.stringify([asked.filters, asked.group, columns.map(({ heading }) => heading)]);
    if (now === this.shown) return;
    this.shown = now;
    const column = (name: string) => columns.find((each) => each.name === name);
    const filters = asked.filters.map((entry) => {
      const found = column(entry[0]);
      const words = inWords(entry, found, (value) => (found ? this.state.format(found)(value as Value) : plain(value as Value)) || "(empty)");
      const press = (event: MouseEvent) => this.acts.editFilter(entry[0], (event.currentTarget as Element).getBoundingClientRect());
      return chip(words, press, `Remove the filter ${words}`, () => this.acts.unfilter(entry[0]));
    });
    const groups = asked.group.map((name) => {
      const heading = column(name)?.heading ?? name;
      return chip(`Grouped by ${heading}`, null, `Do not group by ${heading}`, () => this.acts.ungroup(name));
    });
    this.chips.replaceChildren(...filters, ...groups);
    this.chips.hidden = filters.length + groups.length === 0;
  }

  private paintNotes({ reading, working, failure, advice, refusal }: Notes): void {
    const found: HTMLElement[] = [];
    if (working) found.push(this.working);
    if (working) this.working.querySelector("span")!.textContent = working;
    if (reading) found.push(note("reading", "Reading…", button("Cancel", () => this.acts.cancel("reading"))));
    if (failure) found.push(note("danger", failure, button("Try again", () => this.acts.retry())));
    if (refusal) found.push(note("danger", refusal, button("Dismiss", () => this.acts.dismiss())));
    if (advice) found.push(note("advice", advice));
    const words = found.map((each) => (each === this.working ? "working" : each.className + each.textContent)).join();
    if (this.notes.dataset.words === words) return;
    this.notes.dataset.words = words;
    this.notes.replaceChildren(...found);
  }
}

function chip(words: string, press: ((event: MouseEvent) => void) | null, label: string, remove: () => void): HTMLElement {
  const text = press ? button(words, press) : make("span", {}, words);
  return make("span", { class: "chip" }, text, button(label, remove, {}, icon("x")));
}

function note(kind: string, words: string, ...more: HTMLElement[]): HTMLElement {
  const sign = kind === "danger" ? icon("circle-alert") : kind === "advice" ? icon("info") : make("i", { class: "turning" });
  return make("div", { class: `note ${kind}`, role: kind === "danger" ? "alert" : "status" }, sign, make("span", {}, words), ...more);
}

const COUNT = new Intl.NumberFormat(document.documentElement.lang || undefined);

export function counted(total: number, exact: boolean): string {
  return `${exact ? "" : "≈ "}${COUNT.format(total)} ${total === 1 && exact ? "row" : "rows"}`;
}
