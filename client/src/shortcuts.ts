/** Keys that press something wherever the focus is: those that an element names in `aria-keyshortcuts`. */

import { choose } from "./changes";

const MODIFIERS = ["Control", "Alt", "Shift", "Meta"] as const;

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing || MODIFIERS.some((name) => name === event.key)) return;
  const keys = shortcut(event);
  const found = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(keys)}" i]`);
  if (!found || (found as { disabled?: boolean }).disabled) return;
  event.preventDefault();
  if (found.localName === "wa-dropdown-item") pick(found);
  else found.click();
});

/** The keys that are down, as `aria-keyshortcuts` writes them: "Control+Shift+S". */
function shortcut(event: KeyboardEvent): string {
  const key = event.key === " " ? "Space" : event.key === "+" ? "Plus" : event.key;
  return [...MODIFIERS.filter((name) => event.getModifierState(name)), key].join("+");
}

function pick(item: HTMLElement & { type?: string; checked?: boolean }): void {
  if (item.type === "checkbox") item.checked = !item.checked;
  choose(item);
}
