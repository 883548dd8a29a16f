/** Cells as a spreadsheet exchanges them: tab-separated text with quotes, and a table in HTML. No DOM.
 *
 *     [["a", 'say "hi"'], ["two\nlines", ""]]    ⇄    a⇥"say ""hi"""↵"two↵lines"⇥
 */

/** More letters than this the connection would not take in one message. */
export const LONGEST_PASTE = 2_000_000;

const QUOTED = /[\t\n\r"]/;

export function written(cells: string[][]): string {
  return cells.map((row) => row.map((text) => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join("\t")).join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** For the clipboard alone: this is never put into a page of ours. */
export function asHtml(cells: string[][]): string {
  const rows = cells.map((row) => `<tr>${row.map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`);
  return `<table>${rows.join("")}</table>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (each) => ENTITIES[each]!).replace(/\r\n|\r|\n/g, "<br>");
}

/** Text from a spreadsheet as rows of cells; a line end after the last row begins no other. */
export function parsed(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const [cell, end] = text[at] === '"' ? quoted(text, at) : bare(text, at);
    row.push(cell);
    if (text[end] !== "\t") {
      rows.push(row);
      row = [];
    }
    at = end + (text[end] === "\r" && text[end + 1] === "\n" ? 2 : 1);
    if (at === text.length && text[end] !== "\t") break;
  }
  return rows;
}

const END = /[\t\r\n]/g;

function bare(text: string, at: number): [cell: string, end: number] {
  END.lastIndex = at;
  const end = END.exec(text)?.index ?? text.length;
  return [text.slice(at, end), end];
}

/** A cell that begins with a quote; one that is never closed is what it says, quote and all. */
function quoted(text: string, at: number): [cell: string, end: number] {
  let end = at + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) return bare(text, at);
    if (text[end + 1] !== '"') break;
    end += 2;
  }
  const next = text[end + 1];
  if (next !== undefined && !"\t\r\n".includes(next)) return bare(text, at);
  return [text.slice(at + 1, end).replaceAll('""', '"'), end + 1];
}
