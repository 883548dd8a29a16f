/** What is said of a chart: where a row is, what stands in it, and all of it in words. */

import { hasMoments, type Options } from "./options";
import type { Points, Span } from "./points";
import { inWords, moment, type Said, written } from "./words";

/** A chart, as far as one must know it to read it out. */
export interface Readable {
  readonly kind: string;
  readonly series: { name: string; color: string | null }[];
  readonly options: Options;
  readonly time: boolean;
  readonly labels: string[] | null;
  readonly rows: string[] | null;
  readonly held: Points;
  readonly shown: Span | null;
}

const CANDLE = ["Open", "High", "Low", "Close"];
const PLAIN = { unit: "", format: "" };

export class Reading {
  constructor(private readonly chart: Readable) {}

  /** What the columns are called. */
  get names(): string[] {
    const { kind, series } = this.chart;
    if (kind === "candlestick") return CANDLE;
    return kind === "histogram" ? ["Count"] : series.map(({ name }) => name);
  }

  /** Where `x` is: a moment, a name, a number. */
  place(x: number): string {
    const { kind, labels, time, shown } = this.chart;
    if (labels) return labels[Math.round(x)] ?? "";
    if (kind !== "histogram" && hasMoments(time, [x, x])) return moment(x, shown ? shown[1] - shown[0] : 1);
    return written(x, { ...PLAIN, digits: null });
  }

  /** What stands in a row of a column. */
  value(column: number, row: number): string {
    const { kind, rows, held } = this.chart;
    const value = held.columns[column + 1]?.[row] ?? null;
    const name = kind === "heatmap" && column === 0 && value !== null ? rows?.[value] : undefined;
    return name ?? this.number(value);
  }

  number(value: number | null): string {
    return written(value, this.chart.kind === "histogram" ? { ...PLAIN, digits: 0 } : this.chart.options);
  }

  /** A whole row. */
  row(row: number): string {
    const x = this.place(this.chart.held.columns[0][row] as number);
    return [x, ...this.names.map((name, column) => `${name} ${this.value(column, row)}`)].join(", ");
  }

  /** The chart, of what can be seen now. */
  words(shown: Span): Said {
    const { held, kind } = this.chart;
    return inWords(held, this.names, kind, shown, (x) => this.place(x), (column, row) => this.value(column, row), (y) => this.number(y));
  }
}
