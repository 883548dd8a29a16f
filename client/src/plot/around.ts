/** What stands around the canvas: a legend that reads the values and hides lines, and a table for who cannot see them. */

import { html, nothing } from "lit";
import type { Colours } from "./colours";
import { limits, type Points } from "./points";
import type { Reading } from "./reading";
import type { Said } from "./words";

export interface Surrounded {
  kind: string;
  reading: Reading;
  held: Points;
  colours: Colours | null;
  /** The row that the cursor is at, none if it is nowhere. */
  at: number | null;
  hiding: ReadonlySet<number>;
  toggle: (place: number) => void;
}

const PAINTED = new Set(["candlestick", "histogram", "heatmap"]);

/** The names with their values: at the cursor, or else the last. */
export function legend(chart: Surrounded): unknown {
  const { kind, reading, held, at } = chart;
  const row = Math.min(at ?? held.count - 1, held.count - 1);
  const x = held.columns[0][row];
  const isEmpty = row < 0 || (at === null && (kind === "heatmap" || kind === "histogram"));
  const values = reading.names.map((_, place) => (isEmpty ? "" : reading.value(place, row)));
  return html`<span class="legend">${reading.names.map((name, place) => entry(chart, name, place, values[place] ?? ""))}</span>
    ${kind === "heatmap" && held.count ? scale(chart) : nothing}
    <span class="at">${at === null || x === undefined ? "" : reading.place(x)}</span>`;
}

function entry({ kind, reading, colours, hiding, toggle }: Surrounded, name: string, place: number, value: string): unknown {
  const colour = colours?.series[place];
  const mark = PAINTED.has(kind) ? nothing : html`<i .style=${colour ? `background: ${colour}` : ""}></i>`;
  if (PAINTED.has(kind) || reading.names.length < 2) return html`<span>${mark}${name}<b>${value}</b></span>`;
  return html`<button type="button" aria-pressed=${!hiding.has(place)} @click=${() => toggle(place)}>${mark}${name}<b>${value}</b></button>`;
}

/** What the colours of a heat map stand for. */
function scale({ reading, held, colours }: Surrounded): unknown {
  const [low, high] = limits(held.columns[2] ?? []);
  const shades = colours?.heat.filter((_, place) => place % 4 === 3) ?? [];
  return html`<span class="scale" aria-hidden="true">${reading.number(low)}
    ${shades.map((shade) => html`<i .style=${`background: ${shade}`}></i>`)} ${reading.number(high)}</span>`;
}

/** Some of its rows, for who cannot see the chart. */
export function table({ heading, rows }: Said, label: string, across: string): unknown {
  if (!rows.length) return nothing;
  return html`<table><caption>${label}</caption>
    <tr><th scope="col">${across}</th>${heading.map((name) => html`<th scope="col">${name}</th>`)}</tr>
    ${rows.map(([x, ...values]) => html`<tr><th scope="row">${x}</th>${values.map((value) => html`<td>${value}</td>`)}</tr>`)}</table>`;
}

/** What is said in place of a chart that has nothing to show. */
export function empty(isEmpty: boolean, isReading: boolean, isElsewhere: boolean, failure: string | null): unknown {
  if (failure) return html`<p class="empty failed" role="alert">${failure}</p>`;
  if (!isEmpty) return nothing;
  return html`<p class="empty">${isReading ? "Reading…" : isElsewhere ? "Nothing here" : "Nothing yet"}</p>`;
}

/** The way back from a stretch that somebody has zoomed to: to all there is, or to where the newest points come. */
export function back(isStill: boolean, press: () => void): unknown {
  return html`<button type="button" class="live ${isStill ? "still" : ""}" @click=${press}>${isStill ? "Show all" : "Live"}</button>`;
}
