/** <flame-graph>: where the time has gone, callers above what they called; one zooms by click or keyboard.
 *
 * `frames` are rows [name, place, kind, depth, start, seconds, own], from the outermost inwards and from left to right; `sought`
 * lights those up that contain it; `chosen` is the row that a person has chosen, said by the event "change".
 */

const [NAME, PLACE, KIND, DEPTH, START, SECONDS, OWN] = [0, 1, 2, 3, 4, 5, 6];
const KINDS = { own: "Your program", hipflask: "Hipflask", library: "Libraries", python: "Python itself" };
/** What is narrower than this cannot be seen, in pixels. */
const NARROWEST = 1.5;
const WIDE_ENOUGH_FOR_WORDS = 26;
const ROW = 22;

const STYLE = `
  :host { display: flex; flex-direction: column; gap: var(--wa-space-xs, 8px); min-width: 0; min-height: 0; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3em 1em; min-height: 2em; color: var(--wa-color-text-quiet);
    font-size: var(--wa-font-size-s); }
  .bar ul { display: flex; flex-wrap: wrap; gap: 0.2em 1em; margin: 0 0 0 auto; padding: 0; list-style: none; }
  .bar i { display: inline-block; width: 0.8em; height: 0.8em; margin-inline-end: 0.4em; border-radius: 2px; vertical-align: -0.05em; }
  button { padding: 0.25em 0.8em; border: 1px solid var(--wa-color-surface-border); border-radius: var(--wa-border-radius-m);
    background: var(--wa-color-surface-default); color: var(--wa-color-text-normal); font: inherit; cursor: pointer; }
  button:hover { background: var(--wa-color-neutral-fill-quiet); }
  button:disabled { opacity: 0.45; cursor: default; }
  .graph { position: relative; flex: 1 1 auto; min-height: 6rem; overflow: hidden auto; border: 1px solid var(--wa-color-surface-border);
    border-radius: var(--wa-border-radius-m); background: var(--wa-color-surface-lowered); scrollbar-gutter: stable; }
  [role=tree] { position: relative; overflow: hidden; }
  [role=treeitem] { position: absolute; height: ${ROW - 1}px; padding: 0 5px; overflow: hidden; box-sizing: border-box;
    border-inline-end: 1px solid var(--wa-color-surface-lowered); border-radius: 2px;
    font: 12px / ${ROW - 1}px var(--wa-font-family-body); white-space: nowrap; text-overflow: ellipsis; cursor: pointer; user-select: none; }
  [role=treeitem].bare { padding: 0; color: transparent; }
  [role=treeitem]:hover { filter: brightness(0.93); }
  [role=treeitem]:focus { z-index: 2; outline: 2px solid var(--wa-color-text-normal); outline-offset: -2px; }
  [role=treeitem][aria-selected=true] { z-index: 1; box-shadow: inset 0 0 0 2px var(--wa-color-brand-fill-loud); }
  .outer { opacity: 0.72; }
  .own { background: var(--wa-color-warning-fill-normal); color: var(--wa-color-warning-on-normal); }
  .hipflask { background: var(--wa-color-brand-fill-normal); color: var(--wa-color-brand-on-normal); }
  .library { background: var(--wa-color-neutral-fill-normal); color: var(--wa-color-neutral-on-normal); }
  .python { background: var(--wa-color-surface-default); color: var(--wa-color-text-normal); box-shadow: inset 0 0 0 1px var(--wa-color-surface-border); }
  .seeking [role=treeitem]:not(.found) { background: var(--wa-color-neutral-fill-quiet); color: var(--wa-color-text-quiet); }
  .found { font-weight: 600; text-decoration: underline; }
  .said { min-height: 1.5em; margin: 0; overflow: hidden; color: var(--wa-color-text-normal); font-size: var(--wa-font-size-s);
    white-space: nowrap; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
  .said b { font-weight: 600; }
  .said span { color: var(--wa-color-text-quiet); }
  @media (prefers-reduced-motion: no-preference) {
    [role=treeitem] { transition: left 0.18s ease-out, width 0.18s ease-out, top 0.18s ease-out; }
  }
  @media (forced-colors: active) { [role=treeitem] { border: 1px solid; } }
`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class FlameGraph extends HTMLElement {
  #frames = [];
  #parents = [];
  #sought = "";
  #label = "Flame graph";
  #zoomed = 0;
  #focused = 0;
  #shown = new Map(); // row of a frame → its element
  #reset = make("button", { type: "button", textContent: "Whole picture" });
  #words = make("span");
  #legend = make("ul", { ariaLabel: "Colours" });
  #tree = make("div", { role: "tree" });
  #graph = make("div", { className: "graph" });
  #said = make("p", { className: "said" });
  #resized = new ResizeObserver(() => this.#draw());
  chosen = 0;

  constructor() {
    super();
    const bar = make("div", { className: "bar" });
    bar.append(this.#reset, this.#words, this.#legend);
    this.#graph.append(this.#tree);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(bar, this.#graph, this.#said);
    this.#reset.addEventListener("click", () => this.#zoom(0));
    this.#tree.addEventListener("click", (event) => this.#act(event, (nth) => this.#choose(nth)));
    this.#tree.addEventListener("pointerover", (event) => this.#act(event, (nth) => this.#say(nth)));
    this.#tree.addEventListener("pointerleave", () => this.#say(this.#focused));
    this.#tree.addEventListener("focusin", (event) => this.#act(event, (nth) => this.#say(nth)));
    this.#tree.addEventListener("keydown", (event) => this.#pressed(event));
  }

  connectedCallback() {
    this.#resized.observe(this.#graph);
  }

  disconnectedCallback() {
    this.#resized.disconnect();
  }

  get label() {
    return this.#label;
  }

  set label(label) {
    this.#label = label;
    this.#tree.ariaLabel = label;
  }

  get frames() {
    return this.#frames;
  }

  set frames(frames) {
    this.#frames = frames ?? [];
    this.#parents = parentsOf(this.#frames);
    this.#zoomed = this.#focused = this.chosen = 0;
    for (const el of this.#shown.values()) el.remove();
    this.#shown.clear();
    this.#draw();
    this.#say(0);
  }

  get sought() {
    return this.#sought;
  }

  set sought(text) {
    this.#sought = String(text ?? "").trim().toLowerCase();
    this.#draw();
  }

  // ── drawing ───────────────────────────────────────────────────────────────────────────────────

  #draw() {
    const wide = this.#tree.clientWidth;
    if (!this.isConnected || wide === 0) return;
    const rows = this.#rows(wide);
    for (const [nth, el] of this.#shown) {
      if (rows.has(nth)) continue;
      el.remove();
      this.#shown.delete(nth);
    }
    for (const [nth, place] of rows) this.#put(nth, place, wide);
    const deepest = Math.max(0, ...[...rows.keys()].map((nth) => this.#frames[nth][DEPTH] + 1));
    this.#tree.style.height = `${deepest * ROW}px`;
    this.#tree.classList.toggle("seeking", this.#sought !== "");
    if (!rows.has(this.#focused)) this.#focused = this.#zoomed;
    for (const [nth, el] of this.#shown) el.tabIndex = nth === this.#focused ? 0 : -1;
    this.#reset.disabled = this.#zoomed === 0;
    this.#words.textContent = this.#summary();
    this.#drawLegend();
  }

  /** What can be seen of each frame: the share of the width at which it begins, and that it takes. */
  #rows(wide) {
    const found = new Map();
    const zoomed = this.#frames[this.#zoomed];
    if (zoomed === undefined) return found;
    const [from, whole] = [zoomed[START], zoomed[SECONDS] || 1];
    const above = new Set(this.#pathTo(this.#zoomed));
    this.#frames.forEach((frame, nth) => {
      if (above.has(nth)) return found.set(nth, [0, 1]);
      if (nth < this.#zoomed || frame[DEPTH] <= zoomed[DEPTH]) return;
      const left = (frame[START] - from) / whole;
      const width = frame[SECONDS] / whole;
      if (left >= -1e-9 && left < 1 && width * wide >= NARROWEST) found.set(nth, [left, width]);
    });
    return found;
  }

  #put(nth, [left, width], wide) {
    const frame = this.#frames[nth];
    let el = this.#shown.get(nth);
    if (el === undefined) {
      el = make("div", { role: "treeitem", textContent: frame[NAME], ariaLevel: String(frame[DEPTH] + 1) });
      el.dataset.nth = String(nth);
      el.ariaLabel = this.#spoken(nth);
      el.style.top = `${frame[DEPTH] * ROW}px`;
      this.#shown.set(nth, el);
      this.#tree.append(el);
    }
    el.style.left = `${left * 100}%`;
    el.style.width = `${width * 100}%`;
    el.ariaSelected = String(nth === this.chosen);
    const isFound = this.#sought !== "" && isAbout(frame, this.#sought);
    const isOuter = nth !== this.#zoomed && frame[DEPTH] < this.#frames[this.#zoomed][DEPTH];
    el.className = [frame[KIND], isFound && "found", isOuter && "outer", width * wide < WIDE_ENOUGH_FOR_WORDS && "bare"].filter(Boolean).join(" ");
  }

  #drawLegend() {
    const there = new Set(this.#frames.map((frame) => frame[KIND]));
    const kinds = Object.keys(KINDS).filter((kind) => there.has(kind));
    if (this.#legend.dataset.kinds === kinds.join()) return;
    this.#legend.dataset.kinds = kinds.join();
    this.#legend.replaceChildren(...kinds.map((kind) => {
      const item = make("li");
      item.append(make("i", { className: kind }), KINDS[kind]);
      return item;
    }));
  }

  #summary() {
    if (this.#sought === "" || this.#frames.length === 0) return "";
    const found = this.#frames.map((frame) => isAbout(frame, this.#sought));
    // What is called by something that was found already is in that one's time.
    const isOutermost = (nth) => found[nth] && !this.#pathTo(this.#parents[nth]).some((above) => found[above]);
    const seconds = this.#frames.reduce((sum, frame, nth) => sum + (isOutermost(nth) ? frame[SECONDS] : 0), 0);
    return `${found.filter(Boolean).length} found: ${time(seconds)}, ${this.#share(seconds)}`;
  }

  // ── going about ───────────────────────────────────────────────────────────────────────────────

  #act(event, act) {
    const nth = event.target instanceof Element && event.target.closest("[role=treeitem]")?.dataset.nth;
    if (nth) act(Number(nth));
  }

  #choose(nth) {
    this.chosen = nth;
    this.#zoom(nth);
    this.dispatchEvent(new Event("change"));
  }

  /** Let a frame fill the width. */
  #zoom(nth) {
    this.#zoomed = nth;
    this.#draw();
    this.#focus(nth);
  }

  #focus(nth) {
    const el = this.#shown.get(nth);
    if (el === undefined) return;
    this.#focused = nth;
    for (const [other, each] of this.#shown) each.tabIndex = other === nth ? 0 : -1;
    el.focus({ preventScroll: false });
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = {
      ArrowUp: () => this.#focus(this.#parents[this.#focused] ?? -1),
      ArrowDown: () => this.#focus(this.#widestIn(this.#focused)),
      ArrowLeft: () => this.#focus(this.#beside(-1)),
      ArrowRight: () => this.#focus(this.#beside(1)),
      Enter: () => this.#choose(this.#focused),
      " ": () => this.#choose(this.#focused),
      Backspace: () => this.#zoom(Math.max(this.#parents[this.#zoomed] ?? 0, 0)),
      Escape: () => this.#zoom(0),
      Home: () => this.#zoom(0),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  #widestIn(nth) {
    const inside = [...this.#shown.keys()].filter((other) => this.#parents[other] === nth);
    return inside.reduce((best, other) => (best < 0 || this.#frames[other][SECONDS] > this.#frames[best][SECONDS] ? other : best), -1);
  }

  /** The next frame to the left or to the right that is called as deep as the focused one. */
  #beside(step) {
    const depth = this.#frames[this.#focused][DEPTH];
    const row = [...this.#shown.keys()].filter((nth) => this.#frames[nth][DEPTH] === depth).sort((one, other) => one - other);
    return row[row.indexOf(this.#focused) + step] ?? -1;
  }

  #pathTo(nth) {
    const path = [];
    for (let at = nth; at >= 0; at = this.#parents[at]) path.push(at);
    return path;
  }

  // ── words ─────────────────────────────────────────────────────────────────────────────────────

  #say(nth) {
    const frame = this.#frames[nth];
    if (frame === undefined) return this.#said.replaceChildren();
    this.#said.replaceChildren(
      make("b", { textContent: frame[NAME] }),
      ` ${time(frame[SECONDS])}, ${this.#share(frame[SECONDS])} of all`,
      make("span", { textContent: ` · itself ${time(frame[OWN])}${frame[PLACE] ? ` · ${frame[PLACE]}` : ""}` }),
    );
  }

  #spoken(nth) {
    const [name, place, , , , seconds] = this.#frames[nth];
    return [name, place, time(seconds), this.#share(seconds)].filter(Boolean).join(", ");
  }

  #share(seconds) {
    const share = (100 * seconds) / (this.#frames[0]?.[SECONDS] || 1);
    return `${share < 10 ? share.toFixed(1) : Math.round(share)} %`;
  }
}

function make(tag, props = {}) {
  return Object.assign(document.createElement(tag), props);
}

/** For each frame the one that called it, -1 for the outermost. */
function parentsOf(frames) {
  const path = [];
  return frames.map((frame, nth) => {
    path[frame[DEPTH]] = nth;
    return frame[DEPTH] > 0 ? path[frame[DEPTH] - 1] : -1;
  });
}

function isAbout(frame, words) {
  return `${frame[NAME]} ${frame[PLACE]}`.toLowerCase().includes(words);
}

function time(seconds) {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  const thousandths = seconds * 1000;
  return `${thousandths < 10 ? thousandths.toFixed(1) : Math.round(thousandths)} ms`;
}

customElements.define("flame-graph", FlameGraph);
