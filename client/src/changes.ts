/** Elements that tell of a change in words of their own say `change`, too: so that fields are heard alike everywhere.
 *
 * What the session itself has changed is not told back to it.
 */

import type { ScreenNode } from "./node";

const ELEMENTS: Record<string, string[]> = {
  "wa-show": ["wa-details"],
  "wa-hide": ["wa-details"],
  "wa-after-hide": ["wa-dialog", "wa-drawer"], // `open` is still true at their wa-hide
  "wa-tab-show": ["wa-tab-group"],
  "wa-reposition": ["wa-split-panel"],
  "wa-selection-change": ["wa-tree"],
};

/** Watch such elements, everywhere; `nodeOf` finds the node that an event is about. */
export function watchChanges(nodeOf: (el: EventTarget | null) => ScreenNode | undefined): void {
  for (const [name, tags] of Object.entries(ELEMENTS)) {
    document.addEventListener(name, (event) => {
      const node = nodeOf(event.target);
      if (node?.tag === "wa-tree") node.el.chosen = (event as CustomEvent).detail.selection[0]?.value;
      if (node && tags.includes(node.tag) && isNews(node)) node.el.dispatchEvent(new Event("change"));
    });
  }
  document.addEventListener("wa-select", (event) => choose((event as CustomEvent).detail?.item));
}

function isNews(node: ScreenNode): boolean {
  return node.field !== null && (node.typed.touched || node.el[node.field] !== node.typed.given);
}

/** A menu tells which of its items was chosen, by mouse or by key; that item tells of it here. */
export function choose(item: HTMLElement & { type?: string }): void {
  item?.dispatchEvent(new Event(item.type === "checkbox" ? "change" : "choose"));
}
