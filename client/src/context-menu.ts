/** A right click, or the menu key, opens the nearest context menu: that of the element or of one around it. */

import type { AnyElement } from "./node";

document.addEventListener("contextmenu", (event) => {
  const menu = nearest(event.target as Element);
  const point = menu?.querySelector<HTMLElement>(":scope > [slot=trigger]");
  if (!menu || !point) return;
  event.preventDefault();
  giveFocusBack(menu, document.activeElement as HTMLElement | null);
  point.style.setProperty("left", `${event.clientX}px`);
  point.style.setProperty("top", `${event.clientY}px`);
  menu.open = false;
  requestAnimationFrame(() => (menu.open = true));
});

/** Back to where the focus was, once the menu is closed: it has no button that could take it. */
function giveFocusBack(menu: AnyElement, before: HTMLElement | null): void {
  const closed = (event: Event): void => {
    if (event.target !== menu || menu.open) return;
    menu.removeEventListener("wa-after-hide", closed);
    if (document.activeElement === document.body || menu.contains(document.activeElement)) before?.focus({ preventScroll: true });
  };
  menu.addEventListener("wa-after-hide", closed);
}

function nearest(from: Element | null): AnyElement | null {
  for (let el = from; el; el = el.parentElement) {
    const menu = el.querySelector<AnyElement>(":scope > wa-dropdown[context]");
    if (menu) return menu;
  }
  return null;
}
