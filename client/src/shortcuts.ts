/** Keys that work wherever the focus is: those that an element names in `aria-keyshortcuts`, and those for undo and redo. */

import { choose } from "./changes";
import { hasOwnUndo, ifLeftAlone, type Turn, turnOf } from "./turns";

const MODIFIERS = ["Control", "Alt", "Shift", "Meta"] as const;

/** Press what names these keys; undo and redo that no element takes are for the window, which `turned` tells. */
export function watchKeys(turned: (turn: Turn) => void): void {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || MODIFIERS.some((name) => name === event.key)) return;
    const keys = shortcut(event);
    const turn = turnOf(event);
    if (turn !== null && hasOwnUndo(event.composedPath()[0])) ifLeftAlone(() => press(keys) || turned(turn));
    else if (press(keys)) event.preventDefault();
    else if (turn !== null) {
      event.preventDefault(); // a browser would look for text that was typed anywhere
      turned(turn);
    }
  });
}

/** Press the element that listens to these keys; false if there is none. */
function press(keys: string): boolean {
  const found = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(keys)}" i]`);
  if (!found || (found as { disabled?: boolean }).disabled) return false;
  if (found.localName === "wa-dropdown-item") pick(found);
  else found.click();
  return true;
}

/** The keys that are down, as `aria-keyshortcuts` writes them: "Control+Shift+S". */
function shortcut(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key === "+" ? "Plus" : event.key;
  return [...MODIFIERS.filter((name) => event.getModifierState(name)), key].join("+");
}

function pick(item: HTMLElement & { type?: string; checked?: boolean }): void {
  if (item.type === "checkbox") item.checked = !item.checked;
  choose(item);
}
