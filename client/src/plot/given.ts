/** What a chart is given: by the server, and what it remembers of its person; the rest is in plot.ts. */

import { LitElement } from "lit";
import type { Options } from "./options";
import type { Span, Whole } from "./points";
import type { Said } from "./words";

const PLAIN: Options = { stacked: false, step: false, log: false, low: null, high: null, unit: "", format: "", digits: null, legend: true };

export class Given extends LitElement {
  static override properties = {
    kind: {}, label: {}, titled: {}, across: {}, series: {}, window: {}, options: {}, link: {}, points: {}, range: {}, cursor: {},
    time: {}, labels: {}, rows: {}, reading: {}, failure: {}, hiding: { state: true }, at: { state: true }, saying: { state: true }, told: { state: true },
  };
  declare kind: string;
  declare label: string;
  declare titled: boolean;
  declare across: string;
  declare series: { name: string; color: string | null }[];
  declare window: number | null;
  declare options: Options;
  declare link: string | null;
  declare points: Whole;
  declare range: Span | null;
  declare cursor: number | null;
  declare time: boolean;
  declare labels: string[] | null;
  declare rows: string[] | null;
  declare reading: boolean;
  declare failure: string | null;
  declare hiding: ReadonlySet<number>;
  /** The row that the cursor is at, none if it is nowhere. */
  declare at: number | null;
  /** The chart in words, and what was last said to somebody who reads it by keyboard. */
  declare saying: Said;
  declare told: string;
  /** Of the events: what the server is told. */
  view: { width: number; range: Span | null; again: boolean } | null = null;
  pointed: number | null = null;

  constructor() {
    super();
    this.kind = "line";
    this.label = this.across = this.told = "";
    this.titled = this.time = this.reading = false;
    this.series = [];
    this.options = PLAIN;
    this.window = this.link = this.range = this.cursor = this.labels = this.rows = this.failure = this.at = null;
    this.points = { number: 0, columns: [], extent: null, steps: null };
    this.hiding = new Set();
    this.saying = { summary: "", heading: [], rows: [] };
  }
}
