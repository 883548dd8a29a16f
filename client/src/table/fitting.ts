/** How wide a column wants to be, for the rows that are here. */

import { isDrawn } from "./cells";
import type { State } from "./state";
import type { Column } from "./types";

const MOST_ROWS = 200;
const WIDEST = 420;
const NARROWEST = 56;

let context: CanvasRenderingContext2D | null = null;

/** So that heading and contents are seen whole, within reason. */
export function fittedWidth(el: HTMLElement, state: State, column: Column): number {
  const { rows } = state;
  const style = getComputedStyle(el);
  const padding = paddingOf(style);
  const place = rows.place(column.name);
  const format = state.format(column);
  const heading = measured(column.heading, `600 ${style.fontSize} ${style.fontFamily}`) + 46;
  if (isDrawn(column) || place < 0) return Math.max(heading, 110);
  let widest = Math.max(heading, totalWidth(el, state, column));
  for (let index = rows.first; index < Math.min(rows.end, rows.first + MOST_ROWS); index++) {
    const text = format(rows.value(index, place));
    widest = Math.max(widest, measured(text, `${style.fontSize} ${style.fontFamily}`) * ROOM + padding);
  }
  return Math.ceil(Math.min(WIDEST, Math.max(NARROWEST, widest)));
}

/** So that what a column comes to is seen whole; 0 where it comes to nothing. */
export function totalWidth(el: HTMLElement, state: State, column: Column): number {
  const value = state.total(column.name);
  if (value === null) return 0;
  const style = getComputedStyle(el);
  const width = measured(state.format(column)(value), `600 ${style.fontSize} ${style.fontFamily}`) * ROOM + paddingOf(style);
  return Math.ceil(Math.min(WIDEST, width));
}

/** Bold or coming values may be a little wider. */
const ROOM = 1.08;

function paddingOf(style: CSSStyleDeclaration): number {
  return 2 * Number.parseFloat(style.fontSize) * 0.85;
}

function measured(text: string, font: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * 8;
  if (context.font !== font) context.font = font;
  return context.measureText(text).width;
}
