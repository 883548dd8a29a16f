/** Pointing at an element, for whoever looks into the program and asks which one it is. Loaded when first asked for.
 *
 * Nothing that is pointed at notices: what is pressed meanwhile is for the answer alone.
 */

import type { Tree } from "./tree";

const STYLE = `
  :host { position: fixed; inset: 0; z-index: 2147483647; pointer-events: none; font: 13px/1.5 system-ui, sans-serif; }
  .frame { position: absolute; border: 2px solid #4f46e5; border-radius: 4px; background: rgb(79 70 229 / 0.12); }
  .name { position: absolute; inset-inline-start: -2px; inset-block-start: 100%; padding: 1px 8px; border-radius: 0 0 4px 4px;
    background: #4f46e5; color: white; white-space: nowrap; }
  .bar { position: absolute; inset-block-start: 12px; inset-inline: 0; margin: 0 auto; padding: 4px 14px; width: fit-content; border-radius: 99px;
    background: #4f46e5; color: white; box-shadow: 0 2px 10px rgb(0 0 0 / 0.3); }
  [hidden] { display: none; }
`;

/** What is pressed on the way to an answer, and must reach nobody else. */
const SWALLOWED = ["pointerdown", "pointerup", "mousedown", "mouseup", "click", "dblclick", "contextmenu", "keydown", "keyup"];

let stop: (() => void) | null = null;

/** The id of the element that somebody clicks on (or has the focus at Enter); 0 if they press Escape. */
export function pick(tree: Tree): Promise<number> {
  stop?.();
  return new Promise((resolve) => {
    const shown = new Pointer();
    const end = (id: number) => {
      for (const name of SWALLOWED) window.removeEventListener(name, swallow, true);
      window.removeEventListener("pointermove", follow, true);
      shown.remove();
      stop = null;
      resolve(id);
    };
    const idOf = (el: EventTarget | null) => drawnAt(tree, el)?.id ?? 0;
    const follow = (event: Event) => shown.at(drawnAt(tree, event.target));
    let answer: number | null = null;
    const swallow = (event: Event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const key = (event as KeyboardEvent).key;
      if (event.type === "pointerdown") answer = idOf(event.target);
      else if (event.type === "keydown" && key === "Escape") end(0);
      else if (event.type === "keydown" && key === "Enter") end(idOf(document.activeElement));
      // Only when the whole press is over, or its end would press what lies there; a disabled element hears of no click.
      else if (event.type === "pointerup" && answer !== null) setTimeout(() => end(answer ?? 0));
    };
    for (const name of SWALLOWED) window.addEventListener(name, swallow, { capture: true, passive: false });
    window.addEventListener("pointermove", follow, true);
    stop = () => end(0);
  });
}

/** Nobody wants to know any more. */
export function unpick(): void {
  stop?.();
}

/** The innermost drawn element at or around this one; an icon is a part of what it stands in. */
function drawnAt(tree: Tree, target: EventTarget | null) {
  let el = target instanceof Element ? target : null;
  while (el !== null && (!tree.of(el) || (el.localName === "wa-icon" && el.parentElement?.closest("wa-button, a")))) el = el.parentElement;
  return tree.of(el);
}

/** The frame around what is pointed at. */
class Pointer {
  private readonly host = document.createElement("hf-picking");
  private readonly frame = make("div", "frame");
  private readonly name = make("span", "name");

  constructor() {
    const bar = make("div", "bar");
    bar.setAttribute("role", "status");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.frame.hidden = true;
    this.frame.append(this.name);
    root.append(this.frame, bar);
    document.body.append(this.host);
    document.documentElement.style.setProperty("cursor", "crosshair");
    bar.textContent = "Click on an element to see the line that drew it. Escape lets it be.";
  }

  at(node: ReturnType<typeof drawnAt>): void {
    this.frame.hidden = node === undefined;
    if (node === undefined) return;
    const { left, top, width, height } = node.el.getBoundingClientRect();
    const place = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
    for (const [name, value] of Object.entries(place)) this.frame.style.setProperty(name, value);
    this.name.textContent = String(node.props.label ?? node.props.text ?? node.tag).slice(0, 60);
  }

  remove(): void {
    this.host.remove();
    document.documentElement.style.removeProperty("cursor");
  }
}

function make(tag: string, name: string): HTMLElement {
  return Object.assign(document.createElement(tag), { className: name });
}
