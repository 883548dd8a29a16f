/** One drawn node on the screen: the element that shows it, and what must be known to change it later. */

import type { Props } from "./wire";

/** Any element, read and written by property name, which is how the wire speaks of it. */
export type AnyElement = HTMLElement & Record<string, unknown>;

export class ScreenNode {
  /** The props as last drawn, those taken back left out. */
  readonly props: Props = {};
  /** What a property was before we first touched it. */
  readonly original = new Map<string, unknown>();
  readonly listeners = new Map<string, EventListener>();
  /** The node's own text, kept before all children. */
  text: Text | null = null;
  busy = false;
  /** What was said about the field's value; only for nodes with a `field`. */
  readonly typed = new Typed();

  constructor(
    readonly id: number,
    readonly tag: string,
    readonly el: AnyElement,
  ) {}

  /** The property that a person edits, if there is one. */
  get field(): string | null {
    return typeof this.props.field === "string" ? this.props.field : null;
  }
}

/** Who said what about the value of a field. */
export class Typed {
  /** Number of the newest event that carried the value to the session; 0 for none. */
  sent = 0;
  /** The event whose value waits to be sent: a composition is going on, or the element is busy. */
  held: string | null = null;
  /** Whether a person has changed the value since the session last set it. */
  touched = false;
  /** The value that the first drawing gave, and the one that the latest gave. */
  first: unknown = undefined;
  given: unknown = undefined;
}
