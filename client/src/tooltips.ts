/** One tooltip for the whole window: it moves to whatever has the attribute `tooltip` and is pointed at or has focus.
 *
 * Screen readers do not need it: they read the same words as the element's description.
 */

import type { AnyElement } from "./node";

/** How long a pointer rests before the words appear. */
const PATIENCE = 400;

let tip: AnyElement | null = null;
let timer = 0;

document.addEventListener("pointerover", (event) => expect(described(event.target), PATIENCE));
document.addEventListener("focusin", (event) => {
  const el = described(event.target);
  const inner = event.composedPath()[0] as Element; // the button inside a <wa-button>: that is what has the ring
  if (inner.matches(":focus-visible")) expect(el, 0);
});
for (const name of ["pointerdown", "focusout", "wheel"]) document.addEventListener(name, hide, { passive: true });
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());

function described(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest("[tooltip]") : null;
}

function expect(el: Element | null, delay: number): void {
  if (el !== null && tip?.open && tip.anchor === el) return;
  hide();
  if (el) timer = window.setTimeout(() => void show(el), delay);
}

function hide(): void {
  clearTimeout(timer);
  if (tip) tip.open = false;
}

async function show(el: Element): Promise<void> {
  await import("@awesome.me/webawesome/dist/components/tooltip/tooltip.js");
  tip ??= made();
  tip.textContent = el.getAttribute("aria-description");
  // Beside the element, so that one in a dialog is above the dialog.
  (el.closest("wa-dialog, wa-drawer") ?? document.body).append(tip);
  await tip.updateComplete;
  tip.anchor = el; // not before: its first rendering takes the anchor away again
  if (el.isConnected) tip.open = true;
}

function made(): AnyElement {
  const el = document.createElement("wa-tooltip") as unknown as AnyElement;
  el.trigger = "manual";
  el.setAttribute("aria-hidden", "true");
  return el;
}
