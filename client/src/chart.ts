/** <hf-chart>: lines, bars or a pie in SVG, in the theme's colours, with the numbers as a table for who cannot see them. */

import { css, html, LitElement, nothing, svg } from "lit";

interface Series {
  name: string;
  values: (number | null)[];
}

/** The theme's own colour first, then others that are far from it and from each other: lightness, and how far around the circle. */
const COLOURS = [[0.58, 0], [0.64, 150], [0.5, 60], [0.62, 240], [0.55, 300], [0.66, 110], [0.47, 200], [0.6, 30]] as const;

function colour(place: number): string {
  const [light, turned] = COLOURS[place % COLOURS.length]!;
  return `oklch(from var(--wa-color-brand-50) ${light} max(c, 0.11) calc(h + ${turned}))`;
}

/** Room for what stands beside the lines and bars, in pixels. */
const LEFT = 48;
const BOTTOM = 24;
const TOP = 8;

const written = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

export class Chart extends LitElement {
  static override properties = { kind: {}, label: {}, labels: {}, series: {}, wide: { state: true }, high_: { state: true } };
  declare kind: "line" | "bar" | "pie";
  declare label: string;
  declare labels: string[];
  declare series: Series[];
  declare wide: number;
  declare high_: number;
  private readonly measured = new ResizeObserver(([entry]) => {
    this.wide = entry?.contentRect.width ?? 0;
    this.high_ = entry?.contentRect.height ?? 0;
  });

  static override styles = css`
    :host { position: relative; display: flex; flex-direction: column; gap: var(--wa-space-xs); min-width: 0; }
    figcaption { font-weight: var(--wa-font-weight-semibold); }
    .drawing { position: relative; flex: 1 1 auto; min-height: 0; }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
    text { fill: var(--wa-color-text-quiet); font-size: 11px; font-variant-numeric: tabular-nums; }
    .grid { stroke: var(--wa-color-surface-border); }
    polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .slice { stroke: var(--wa-color-surface-default); stroke-width: 1.5; }
    :is(rect, .slice, circle):hover { opacity: 0.75; }
    ul { display: flex; flex-wrap: wrap; gap: var(--wa-space-2xs) var(--wa-space-m); margin: 0; padding: 0; list-style: none;
      color: var(--wa-color-text-quiet); font-size: var(--wa-font-size-s); }
    i { display: inline-block; width: 0.7em; height: 0.7em; margin-inline-end: 0.45em; border-radius: 2px; }
    .words { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  `;

  constructor() {
    super();
    this.kind = "line";
    this.label = "";
    this.labels = [];
    this.series = [];
    this.wide = this.high_ = 0;
  }

  override firstUpdated(): void {
    this.measured.observe(this.renderRoot.querySelector(".drawing") as Element);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.measured.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const drawing = this.renderRoot.querySelector(".drawing");
    if (drawing) this.measured.observe(drawing);
  }

  override render(): unknown {
    return html`<figcaption aria-hidden="true">${this.label}</figcaption>
      <div class="drawing" aria-hidden="true">${this.wide > 0 ? svg`<svg>${this.kind === "pie" ? this.pie() : this.axes()}</svg>` : nothing}</div>
      ${this.legend()} ${this.table()}`;
  }

  // ── lines and bars ────────────────────────────────────────────────────────────────────────────

  private axes(): unknown {
    const values = this.series.flatMap((each) => each.values).filter((value) => value !== null);
    const ticks = steps(Math.min(0, ...values), Math.max(0, ...values));
    const [low, high] = [ticks[0] as number, ticks[ticks.length - 1] as number];
    const bottom = this.high_ - BOTTOM;
    const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - TOP);
    const step = (this.wide - LEFT) / Math.max(this.labels.length, 1);
    const x = (place: number): number => LEFT + step * (place + 0.5);
    return [
      ticks.map((tick) => svg`<line class="grid" x1=${LEFT} x2=${this.wide} y1=${y(tick)} y2=${y(tick)}></line>
        <text x=${LEFT - 8} y=${y(tick) + 4} text-anchor="end">${short.format(tick)}</text>`),
      this.names(x, step),
      this.series.map((each, nth) => (this.kind === "line" ? this.line(each, nth, x, y) : this.bars(each, nth, x, y, step))),
    ];
  }

  /** The labels below, as many of them as have room. */
  private names(x: (place: number) => number, step: number): unknown {
    const longest = Math.max(...this.labels.map((label) => label.length), 1) * 6.5 + 12;
    const every = Math.max(1, Math.ceil(longest / step));
    return this.labels.map((label, place) =>
      place % every ? nothing : svg`<text x=${x(place)} y=${this.high_ - 6} text-anchor="middle">${label}</text>`);
  }

  private line(each: Series, nth: number, x: (place: number) => number, y: (value: number) => number): unknown {
    const points = each.values.map((value, place) => (value === null ? null : ([x(place), y(value)] as const)));
    return [
      runs(points).map((run) => svg`<polyline stroke=${colour(nth)} points=${run.map((point) => point.join(",")).join(" ")}></polyline>`),
      points.map((point, place) => point && svg`<circle cx=${point[0]} cy=${point[1]} r=${points.length > 60 ? 1.5 : 3} fill=${colour(nth)}>
        <title>${this.said(each, place)}</title></circle>`),
    ];
  }

  private bars(each: Series, nth: number, x: (place: number) => number, y: (value: number) => number, step: number): unknown {
    const width = (step * 0.7) / this.series.length;
    return each.values.map((value, place) => value === null ? nothing : svg`<rect rx="2" fill=${colour(nth)}
      x=${x(place) - step * 0.35 + width * nth} width=${Math.max(width - 1, 1)}
      y=${Math.min(y(value), y(0))} height=${Math.abs(y(value) - y(0))}><title>${this.said(each, place)}</title></rect>`);
  }

  private said(each: Series, place: number): string {
    return `${this.series.length > 1 ? `${each.name}, ` : ""}${this.labels[place]}: ${written.format(each.values[place] as number)}`;
  }

  // ── the pie ───────────────────────────────────────────────────────────────────────────────────

  private pie(): unknown {
    const values = (this.series[0]?.values ?? []).map((value) => value ?? 0);
    const whole = values.reduce((sum, value) => sum + value, 0);
    const radius = Math.max(Math.min(this.wide, this.high_) / 2 - 2, 1);
    let before = 0;
    return values.map((value, nth) => {
      const [from, to] = [before / whole, (before + value) / whole];
      before += value;
      const title = svg`<title>${this.labels[nth]}: ${written.format(value)} (${Math.round((to - from) * 100)} %)</title>`;
      if (value <= 0) return nothing;
      const [cx, cy] = [this.wide / 2, this.high_ / 2];
      if (to - from > 0.9999) return svg`<circle class="slice" cx=${cx} cy=${cy} r=${radius} fill=${colour(nth)}>${title}</circle>`;
      const at = (share: number): string => `${cx + radius * Math.sin(share * 2 * Math.PI)},${cy - radius * Math.cos(share * 2 * Math.PI)}`;
      const path = `M${cx},${cy} L${at(from)} A${radius},${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)} Z`;
      return svg`<path class="slice" d=${path} fill=${colour(nth)}>${title}</path>`;
    });
  }

  // ── words ─────────────────────────────────────────────────────────────────────────────────────

  private legend(): unknown {
    const names = this.kind === "pie"
      ? this.labels.map((label, nth) => `${label}: ${written.format(this.series[0]?.values[nth] ?? 0)}`)
      : this.series.map((each) => each.name);
    if (names.length < 2 && this.kind !== "pie") return nothing;
    return html`<ul aria-hidden="true">${names.map((name, nth) => html`<li><i .style=${`background: ${colour(nth)}`}></i>${name}</li>`)}</ul>`;
  }

  private table(): unknown {
    return html`<div class="words"><table>
      <caption>${this.label}</caption>
      <tr><td></td>${this.series.map((each) => html`<th scope="col">${each.name}</th>`)}</tr>
      ${this.labels.map((label, place) => html`<tr><th scope="row">${label}</th>
        ${this.series.map((each) => html`<td>${each.values[place]}</td>`)}</tr>`)}
    </table></div>`;
  }
}

/** Round numbers that span `low` to `high`, four steps or so. */
function steps(low: number, high: number): number[] {
  const rough = (high - low || 1) / 4;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * ([1, 2, 5, 10].find((factor) => factor * ten >= rough) as number);
  const first = Math.floor(low / step);
  const count = Math.max(Math.ceil(high / step) - first, 1);
  return Array.from({ length: count + 1 }, (_, nth) => (first + nth) * step);
}

/** Points in a row, parted at the gaps. */
function runs<T>(points: (T | null)[]): T[][] {
  const found: T[][] = [[]];
  for (const point of points) {
    if (point === null) found.push([]);
    else found[found.length - 1]?.push(point);
  }
  return found.filter((run) => run.length > 1);
}

customElements.define("hf-chart", Chart);
