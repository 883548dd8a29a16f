/** What a key means in a table. No DOM.
 *
 * As in a spreadsheet: arrows move, with Shift they extend, with Ctrl they go to the edge; typing begins to edit.
 */

export type Command =
  | { do: "move"; rows: number; columns: number; extend: boolean }
  | { do: "page"; pages: number; extend: boolean }
  | { do: "edge"; row: "first" | "last" | null; column: "first" | "last" | null; extend: boolean }
  | { do: "enter"; add: boolean }
  | { do: "edit" | "escape" | "select" | "all" | "clear" | "erase" | "menu" }
  | { do: "shift"; columns: number }
  | { do: "resize"; by: number }
  | { do: "type"; text: string };

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const ARROWS: Record<string, [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const STEP = 16;

export function commandOf(event: Key): Command | null {
  const { key, altKey: alt, shiftKey: extend } = event;
  const control = event.ctrlKey || event.metaKey;
  const arrow = ARROWS[key];
  if (arrow) return arrowCommand(arrow, control, alt, extend);
  if (key === "PageUp" || key === "PageDown") return alt || control ? null : { do: "page", pages: key === "PageUp" ? -1 : 1, extend };
  if (key === "Home" || key === "End") {
    const end = key === "Home" ? "first" : "last";
    return { do: "edge", row: control ? end : null, column: end, extend };
  }
  if (key === "Enter") return alt || control ? null : { do: "enter", add: extend };
  if (key === "F2") return { do: "edit" };
  if (key === "Escape") return { do: "escape" };
  if (key === " ") return alt ? null : { do: "select" };
  if (control && !alt && key.toLowerCase() === "a") return { do: "all" };
  if (key === "Delete" || key === "Backspace") return { do: control ? "erase" : "clear" };
  if (key === "ContextMenu" || (key === "F10" && extend)) return { do: "menu" };
  if ([...key].length === 1 && !control && !alt) return { do: "type", text: key };
  return null;
}

function arrowCommand([rows, columns]: [number, number], control: boolean, alt: boolean, extend: boolean): Command | null {
  if (alt && !control && rows > 0) return { do: "menu" };
  if (alt && extend && columns) return { do: "shift", columns };
  if (alt && columns) return { do: "resize", by: columns * STEP };
  if (alt) return null;
  if (!control) return { do: "move", rows, columns, extend };
  const end = rows + columns < 0 ? "first" : "last";
  return { do: "edge", row: rows ? end : null, column: columns ? end : null, extend };
}
