/** A right click, or the menu key, opens the nearest context menu: that of the element or of one around it. */

import type { AnyElement } from "./node";

document.addEventListener("contextmenu", (event) => {
  const menu = nearest(event.target as Element);
  const point = menu?.querySelector<HTMLElement>(":scope > [slot=trigger]");
  if (!menu || !point) return;
  event.preventDefault();
  point.style.setProperty("left", `${event.clientX}px`);
  point.style.setProperty("top", `${event.clientY}px`);
  menu.open = false;
  requestAnimationFrame(() => (menu.open = true));
});

function nearest(from: Element | null): AnyElement | null {
  for (let el = from; el; el = el.parentElement) {
    const menu = el.querySelector<AnyElement>(":scope > wa-dropdown[context]");
    if (menu) return menu;
  }
  return null;
}
