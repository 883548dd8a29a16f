/** Give an element the props of its node. What each prop means is in DESIGN.md's table. */

import { edited, isInput, release } from "./fields";
import type { AnyElement, ScreenNode } from "./node";
import { isRefusedProp } from "./safe";
import type { Props } from "./wire";
import { showHint } from "./wrong";

/** Tells the session that `name` happened at `node`; `what` names the property whose value goes along. */
export type Heard = (node: ScreenNode, name: string, what: string | null) => void;

const LABEL_ABOVE = new Set([
  "hf-combobox", "hf-range", "hf-rating", "wa-color-picker", "wa-input", "wa-radio-group", "wa-select", "wa-slider", "wa-textarea",
]);

/** Attributes that are said at the control inside an element, too. */
const INSIDE = new Set(["aria-label", "aria-description"]);

type Setter = (node: ScreenNode, value: unknown, heard: Heard) => void;

const special: Record<string, Setter> = {
  text: setText,
  style: setStyle,
  attrs: setAttributes,
  on: setListeners,
  busy: setBusy,
  script: loadScript,
  error: showHint,
  hint: showHint,
  refused: showHint,
  key: () => {}, // only for finding the node again after a restart: see recover.ts
  field: () => {}, // read through ScreenNode.field
};

/** Assign `props` to a node; null takes one back. `seen` is the last event that the session knew of. */
export function assign(node: ScreenNode, props: Props, heard: Heard, seen: number): void {
  for (const [name, value] of Object.entries(props)) {
    remember(node, name, value);
    if (Object.hasOwn(special, name)) special[name]?.(node, value, heard);
    else if (name !== node.field && name !== props.field) setProperty(node, name, value);
  }
  // The field's own value comes last: a slider's value, say, has a meaning only once its limits are known.
  const field = node.field;
  if (field !== null && field in props) setField(node, field, props[field], seen);
}

function remember(node: ScreenNode, name: string, value: unknown): void {
  if (value === null) delete node.props[name];
  else node.props[name] = value;
}

function setProperty(node: ScreenNode, name: string, value: unknown): void {
  if (isRefusedProp(name, value)) {
    console.error(`Hipflask: property ${name} of <${node.tag}> was refused`, value);
    return;
  }
  if (!node.original.has(name)) node.original.set(name, node.el[name]);
  (node.el as AnyElement)[name] = value === null ? untouched(node, name) : value;
  // For the style sheet: what stands beside a field with a label above it is aligned with the field.
  if (name === "label" && LABEL_ABOVE.has(node.tag)) node.el.toggleAttribute("labelled", Boolean(value));
}

/** What a property was before anybody touched it; an element that was loaded meanwhile (lazy.ts) could not tell then. */
function untouched(node: ScreenNode, name: string): unknown {
  const value = node.original.get(name);
  return value === undefined && node.tag.includes("-") ? (document.createElement(node.tag) as AnyElement)[name] : value;
}

function setField(node: ScreenNode, field: string, value: unknown, seen: number): void {
  if (node.typed.first === undefined) {
    setProperty(node, field, value);
    node.typed.first = node.typed.given = value;
  } else {
    const back = value === null ? untouched(node, field) : value;
    edited(node, back, seen);
  }
}

function setText(node: ScreenNode, value: unknown): void {
  if (value === null) {
    node.text?.remove();
    node.text = null;
  } else if (node.text === null || node.el.shadowRoot) {
    // Elements with a shadow root notice new text only where a node is new: changed data fires no slotchange.
    const text = new Text(String(value));
    node.text?.remove();
    node.el.prepend(text);
    node.text = text;
  } else {
    node.text.data = String(value);
  }
}

/** Load the module that defines this element, which is none of ours; then have it take what it was given before it was one. */
function loadScript(node: ScreenNode, value: unknown): void {
  const address = new URL(String(value), location.origin);
  if (address.origin !== location.origin) {
    console.error(`Hipflask: the script ${address} of <${node.tag}> was refused`);
    return;
  }
  import(address.href)
    .then(() => customElements.whenDefined(node.tag))
    .then(() => Object.keys(node.props).forEach((name) => giveAgain(node.el, name)))
    .catch((error) => console.error(`Hipflask: ${address} could not be loaded`, error));
}

function giveAgain(el: AnyElement, name: string): void {
  if (!Object.hasOwn(el, name)) return;
  const value = el[name];
  delete el[name];
  el[name] = value;
}

function setStyle(node: ScreenNode, value: unknown): void {
  const wanted = (value ?? {}) as Record<string, string | number>;
  const style = node.el.style;
  const had = (node.original.get("style") ?? []) as string[];
  for (const name of had) if (!(name in wanted)) style.removeProperty(name);
  for (const [name, text] of Object.entries(wanted)) style.setProperty(name, String(text));
  node.original.set("style", Object.keys(wanted));
}

function setAttributes(node: ScreenNode, value: unknown): void {
  const wanted = (value ?? {}) as Record<string, string | true | null>;
  const had = (node.original.get("attrs") ?? []) as string[];
  for (const name of had) if (!(name in wanted)) setAttribute(node, name, null);
  for (const [name, text] of Object.entries(wanted)) setAttribute(node, name, text);
  node.original.set("attrs", Object.keys(wanted));
}

function setAttribute(node: ScreenNode, name: string, value: string | true | null): void {
  if (isRefusedProp(name, value, true)) {
    console.error(`Hipflask: attribute ${name} of <${node.tag}> was refused`, value);
  } else if (value === null) {
    node.el.removeAttribute(name);
  } else {
    node.el.setAttribute(name, value === true ? "" : value);
  }
  if (INSIDE.has(name) && "updateComplete" in node.el) void sayInside(node.el, name, value);
}

/** Say it at the control inside the element, too: that is what has focus, and what a screen reader reads. */
async function sayInside(el: AnyElement, name: string, value: string | true | null): Promise<void> {
  await el.updateComplete;
  const control = el.shadowRoot?.querySelector("button, a, input, [role=slider]");
  if (typeof value === "string") control?.setAttribute(name, value);
  else control?.removeAttribute(name);
}

function setListeners(node: ScreenNode, value: unknown, heard: Heard): void {
  const wanted = (value ?? {}) as Record<string, string | null>;
  for (const [name, listener] of node.listeners) {
    if (name in wanted) continue;
    node.el.removeEventListener(eventOf(name), listener);
    node.listeners.delete(name);
  }
  for (const name of Object.keys(wanted)) {
    if (!node.listeners.has(name)) listen(node, name, heard);
  }
}

function listen(node: ScreenNode, name: string, heard: Heard): void {
  const key = name.slice(eventOf(name).length + 1);
  const listener = (event: Event) => {
    if (key && (event as KeyboardEvent).key !== key) return;
    if ((event as KeyboardEvent).isComposing && key) return; // this Enter chooses a word, it is not meant for us
    if (event.type.startsWith("wa-") && event.target !== node.el) return; // of an element inside, bubbling up
    const what = (node.props.on as Record<string, string | null>)[name] ?? null;
    if (isInput(node, name, what) && event.target !== node.el) return; // of a field inside this one
    heard(node, name, what);
  };
  node.el.addEventListener(eventOf(name), listener);
  node.listeners.set(name, listener);
}

/** `keydown` of `keydown:Enter`. */
function eventOf(name: string): string {
  return name.split(":", 1)[0] as string;
}

function setBusy(node: ScreenNode, value: unknown, heard: Heard): void {
  node.busy = value === true;
  if (node.busy) node.el.setAttribute("aria-busy", "true");
  else node.el.removeAttribute("aria-busy");
  if ("loading" in node.el) (node.el as AnyElement).loading = node.busy || node.props.loading === true;
  if (!node.busy) release(node, heard);
}
