/** Fields, and the rule that the browser is the truth for what a person is typing.
 *
 *     typed "ab"         → event 7 "ab"                 sent = 7
 *     typed "abc"        → event 8 "abc"                sent = 8
 *     ← edit "AB" seen 7                                dropped: event 8 is newer and will have its own answer
 *     ← edit "ABC" seen 8                               applied, caret where it was
 *
 * While a word is being composed (IME), or while the element is busy, the value is held instead of sent;
 * one event with the final value follows. An edit that comes meanwhile is dropped: that event answers it.
 */

import type { AnyElement, ScreenNode } from "./node";
import type { Heard } from "./props";

/** The element in which a word is being composed. */
let composing: EventTarget | null = null;

/** Watch what people type, everywhere; `nodeOf` finds the field that an event is about. */
export function watchTyping(nodeOf: (el: EventTarget | null) => ScreenNode | undefined, heard: Heard): void {
  const touch = (event: Event) => {
    const node = nodeOf(event.target);
    if (node) node.typed.touched = true;
  };
  document.addEventListener("input", touch, true);
  document.addEventListener("change", touch, true);
  document.addEventListener("compositionstart", (event) => (composing = event.target), true);
  document.addEventListener("compositionend", (event) => {
    composing = null;
    const node = nodeOf(event.target);
    // After the browser's own input event, which some engines fire only now.
    if (node) setTimeout(() => release(node, heard));
  });
}

/** Whether this event is one by which the session learns a field's value (a key, say, may carry it along only). */
export function isInput(node: ScreenNode, name: string, what: string | null): boolean {
  return what !== null && what === node.field && (name === "input" || name === "change");
}

/** Whether the value at `node` has to wait; then the event that tells of it is sent as soon as it need not. */
export function isHeld(node: ScreenNode): boolean {
  const held = node.busy || composing === node.el;
  if (held) node.typed.held = inputEvent(node);
  return held;
}

/** Send the value that was held, if one was. */
export function release(node: ScreenNode, heard: Heard): void {
  const name = node.typed.held;
  if (name === null || node.busy || composing === node.el) return;
  node.typed.held = null;
  heard(node, name, node.field);
}

/** The session gives a field the value it came to when event `seen` had been handled. */
export function edited(node: ScreenNode, value: unknown, seen: number): void {
  const { typed, field } = node;
  if (field === null) throw new Error(`node ${node.id} is no field`);
  typed.given = value;
  if (composing === node.el) typed.held ??= inputEvent(node);
  if (typed.sent > seen || typed.held !== null || composing === node.el) return;
  put(node, field, value);
}

/** The event that carries this field's value to the session, if it listens to any. */
export function inputEvent(node: ScreenNode): string | null {
  const on = (node.props.on ?? {}) as Record<string, string | null>;
  return ["input", "change"].find((name) => isInput(node, name, on[name] ?? null)) ?? null;
}

/** Set a field's value; caret and selection of the focused one stay as far as the text allows. */
export function put(node: ScreenNode, field: string, value: unknown): void {
  const selection = new Selection(node.el);
  if (!node.original.has(field)) node.original.set(field, node.el[field]);
  (node.el as AnyElement)[field] = value;
  node.typed.touched = false;
  if (field === "value") selection.putBack(value);
}

/** Caret and selection in a text field that has focus, to put back after a change. */
export class Selection {
  private readonly inner: HTMLInputElement | HTMLTextAreaElement | null;
  readonly range: [number, number, "forward" | "backward" | "none"] | null = null;
  private readonly length: number = 0;

  constructor(el: HTMLElement) {
    const inner = document.activeElement === el ? innerInput(el) : null;
    this.inner = inner?.readOnly ? null : inner; // a select's, say, shows a name and not the value
    const { selectionStart, selectionEnd, selectionDirection, value } = this.inner ?? {};
    if (selectionStart == null || selectionEnd == null) return; // a number, say, has no caret to read
    this.range = [selectionStart, selectionEnd, selectionDirection ?? "none"];
    this.length = (value ?? "").length;
  }

  /** A caret at the very end stays there, so that a field may write "1,234" for "1234". */
  putBack(value: unknown): void {
    if (this.inner === null) return;
    const text = value == null ? "" : String(value);
    if (this.inner.value !== text) this.inner.value = text; // now, not when the element renders
    if (this.range === null) return;
    const [start, end, direction] = this.range;
    const fit = (position: number) => (position === this.length ? text.length : Math.min(position, text.length));
    this.inner.setSelectionRange(fit(start), fit(end), direction);
  }
}

/** The text field inside an element, or the element itself. */
export function innerInput(el: HTMLElement): HTMLInputElement | HTMLTextAreaElement | null {
  if (el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) return el;
  return el.shadowRoot?.querySelector("input, textarea") ?? null;
}
