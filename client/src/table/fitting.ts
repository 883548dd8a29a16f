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
  const padding = 2 * Number.parseFloat(style.getPropertyValue("font-size")) * 0.85;
  const place = rows.place(column.name);
  const format = state.format(column);
  const heading = measured(column.heading, `600 ${style.fontSize} ${style.fontFamily}`) + 46;
  if (isDrawn(column) || place < 0) return Math.max(heading, 110);
  const total = format(state.total(column.name));
  let widest = Math.max(heading, measured(total, `600 ${style.fontSize} ${style.fontFamily}`) * ROOM + padding);
  for (let index = rows.first; index < Math.min(rows.end, rows.first + MOST_ROWS); index++) {
    const text = format(rows.value(index, place));
    widest = Math.max(widest, measured(text, `${style.fontSize} ${style.fontFamily}`) * ROOM + padding);
  }
  return Math.ceil(Math.min(WIDEST, Math.max(NARROWEST, widest)));
}

/** Bold or coming values may be a little wider. */
const ROOM = 1.08;

function measured(text: string, font: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * 8;
  if (context.font !== font) context.font = font;
  return context.measureText(text).width;
}
