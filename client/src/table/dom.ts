/** Elements made in one line, without markup. */

type Child = Node | string;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) el.setAttribute(name, "");
    else if (value !== false) el.setAttribute(name, value);
  }
  el.append(...children);
  return el;
}

/** One of our icons, as <wa-icon> draws them. */
export function icon(name: string): HTMLElement {
  const el = document.createElement("wa-icon");
  el.setAttribute("name", name);
  el.setAttribute("aria-hidden", "true");
  return el;
}

export function button(label: string, act: (event: MouseEvent) => void, attributes: Record<string, string> = {}, ...children: Child[]): HTMLButtonElement {
  const el = make("button", { type: "button", ...(children.length ? { "aria-label": label, title: label } : {}), ...attributes });
  el.append(...(children.length ? children : [label]));
  el.addEventListener("click", act);
  return el;
}
