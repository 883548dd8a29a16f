/** What the session says to a table, and what the table says to it: see the element's own page in DESIGN.md. */

export type Kind =
  | "text" | "integer" | "float" | "decimal" | "boolean" | "date" | "time" | "datetime" | "duration" | "choice" | "bytes" | "json"
  | "numbers" | "other";

export type Pin = "start" | "end";

export interface Column {
  name: string;
  heading: string;
  kind: Kind;
  align: "start" | "end" | "center";
  /** In pixels; null for what the content wants. */
  width: number | null;
  pinned: Pin | null;
  hidden: boolean;
  editable: boolean;
  choices: string[] | null;
  digits: number | null;
  format: string;
  flash: boolean;
  sortable: boolean;
  filterable: boolean;
  nullable: boolean;
}

/** A cell's value as it travels: `n` is a number that JSON has no word for, `t` the beginning of a long text, `b` a count of bytes. */
export type Value = null | boolean | number | string | number[] | { n: string } | { t: string; n: number } | { b: number };

export type Tone = "success" | "danger" | "warning" | "primary" | "quiet" | null;

/** A window of rows, column by column; `first` is the place of the first of them among all. */
export interface RowsProp {
  view: number;
  columns: string[];
  first: number;
  total: number;
  exact: boolean;
  keys: number[];
  levels?: number[] | null;
  sizes?: (number | null)[] | null;
  open?: boolean[] | null;
  cells: Value[][];
  tones?: [row: number, column: number, tone: Tone][] | null;
}

export type FilterEntry = [name: string, test: string, value: unknown];

export interface Asked {
  order: [name: string, descending: boolean][];
  filters: FilterEntry[];
  search: string;
  group: string[];
}

/** Where the columns stand: whole, with all that a person has changed. */
export interface Layout {
  order: string[];
  widths: Record<string, number>;
  hidden: string[];
  pinned: Record<string, Pin>;
}

export interface Action {
  label: string;
  icon?: string | null;
  tone?: Tone;
}

/** A cell by its places: of its line among all lines (-1: the headings), and of its column among those that are shown. */
export interface Spot {
  row: number;
  column: number;
}
