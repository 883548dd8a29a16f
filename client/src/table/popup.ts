/** What opens over a table: menus and small forms, in the browser's top layer, so that nothing cuts them off. */

import { button, icon, make } from "./dom";

export interface Item {
  label: string;
  icon?: string;
  checked?: boolean;
  isOff?: boolean;
  tone?: string | null;
  act: () => void;
}

/** Where it opens: below (or above) a box on the page; a point is a box without a size. */
export interface At {
  left: number;
  top: number;
  bottom: number;
}

const GAP = 2;
const EDGE = 4;

/** Open `el` there until it is closed, by Escape or a press elsewhere, say; then `closed` is called, once. */
export function openPopup(root: ShadowRoot, el: HTMLElement, at: At, closed: () => void): void {
  el.popover = "auto";
  el.classList.add("popup");
  root.append(el);
  el.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "closed") return;
    el.remove();
    closed();
  });
  el.showPopover();
  put(el, at);
}

function put(el: HTMLElement, at: At): void {
  const { offsetWidth: wide, offsetHeight: high } = el;
  const isBelow = at.bottom + GAP + high <= innerHeight - EDGE || at.top < innerHeight / 2;
  el.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - wide - EDGE))}px`;
  el.style.top = `${Math.max(EDGE, isBelow ? Math.min(at.bottom + GAP, innerHeight - high - EDGE) : at.top - GAP - high)}px`;
}

/** Open a menu; null draws a line. `closed` comes before what was chosen is done. */
export function openMenu(root: ShadowRoot, label: string, items: (Item | null)[], at: At, closed: () => void): HTMLElement {
  const menu = make("div", { role: "menu", "aria-label": label, class: "menu" });
  for (const item of items) menu.append(item ? itemElement(menu, item) : make("div", { role: "separator" }));
  menu.addEventListener("keydown", (event) => walk(menu, event));
  openPopup(root, menu, at, closed);
  step(menu, 0);
  return menu;
}

function itemElement(menu: HTMLElement, item: Item): HTMLElement {
  const role = item.checked === undefined ? "menuitem" : "menuitemcheckbox";
  const el = button(
    item.label,
    () => {
      menu.hidePopover();
      item.act();
    },
    { role, tabindex: "-1", ...(item.checked === undefined ? {} : { "aria-checked": String(item.checked) }) },
    item.icon || item.checked ? icon(item.icon ?? "check") : make("span", { class: "gap" }),
    make("span", {}, item.label),
  );
  el.removeAttribute("aria-label");
  el.removeAttribute("title");
  el.disabled = item.isOff ?? false;
  if (item.tone) el.classList.add(item.tone);
  return el;
}

function walk(menu: HTMLElement, event: KeyboardEvent): void {
  const now = itemsOf(menu).indexOf((menu.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement);
  const { key } = event;
  if (key === "ArrowDown") step(menu, now + 1);
  else if (key === "ArrowUp") step(menu, now - 1);
  else if (key === "Home") step(menu, 0);
  else if (key === "End") step(menu, -1);
  else if (key === "Tab") menu.hidePopover();
  else if (/^[^ ]$/u.test(key)) find(menu, key, now);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function itemsOf(menu: HTMLElement): HTMLButtonElement[] {
  return [...menu.querySelectorAll("button")].filter(({ disabled }) => !disabled);
}

function step(menu: HTMLElement, place: number): void {
  const items = itemsOf(menu);
  items[(place + items.length) % items.length]?.focus();
}

/** The next item that begins with a letter. */
function find(menu: HTMLElement, letter: string, now: number): void {
  const items = itemsOf(menu);
  const after = [...items.slice(now + 1), ...items.slice(0, now + 1)];
  after.find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()))?.focus();
}
