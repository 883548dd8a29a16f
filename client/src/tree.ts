/** The drawn tree as DOM elements, and patches applied straight to the elements they name.
 *
 * No virtual DOM and nothing that grows with the page: a patch names its node by id, the map has the element.
 */

import { edited } from "./fields";
import { load } from "./lazy";
import { type AnyElement, ScreenNode } from "./node";
import { assign, type Heard } from "./props";
import { isRefusedTag } from "./safe";
import type { Call, Patch, WireNode } from "./wire";

const METHODS = new Set(["click", "focus", "blur", "select", "scrollIntoView", "show", "hide"]);
/** Calls that bring data: done at once, in the order of the patches; for others an element must have rendered. */
const DATA = new Set(["cells", "copied", "told", "refused", "suggested", "exported", "more"]);

export class Tree {
  root!: ScreenNode;
  private readonly nodes = new Map<number, ScreenNode>();
  private readonly owners = new WeakMap<Element, ScreenNode>();

  constructor(
    private readonly heard: Heard,
    private readonly callScreen: (method: string, args: unknown[]) => void,
  ) {}

  /** Draw `tree` in place of whatever is shown. */
  reset(tree: WireNode): void {
    const before = this.root?.el;
    this.nodes.clear();
    this.root = this.build(tree, 0);
    this.root.el.setAttribute("role", "main");
    if (before) before.replaceWith(this.root.el);
    else document.body.prepend(this.root.el);
  }

  /** Apply a frame's patches, in order. `seen` is the last event that the session had received. */
  apply(patches: Patch[], seen: number): void {
    for (const patch of patches) this.applyOne(patch, seen);
  }

  /** The node with this id; throws where there is none. */
  get(id: number): ScreenNode {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`there is no node ${id}`);
    return node;
  }

  /** The node that an element shows. */
  of(el: EventTarget | null): ScreenNode | undefined {
    return el instanceof Element ? this.owners.get(el) : undefined;
  }

  /** The children of a node, read from the document. */
  children(node: ScreenNode): ScreenNode[] {
    return [...node.el.children].flatMap((el) => this.owners.get(el) ?? []);
  }

  private applyOne(patch: Patch, seen: number): void {
    switch (patch[0]) {
      case "create":
        return this.create(this.get(patch[1]), patch[2], patch[3], seen);
      case "set":
        return assign(this.get(patch[1]), patch[2], this.heard, seen);
      case "edit":
        return edited(this.get(patch[1]), patch[2], patch[3]);
      case "move":
        return this.move(this.get(patch[1]), patch[2]);
      case "remove":
        return this.remove(this.get(patch[1]));
      case "call":
        return this.call(patch);
      default:
        throw new Error(`unknown patch ${JSON.stringify(patch)}`);
    }
  }

  private create(parent: ScreenNode, before: number, nodes: WireNode[], seen: number): void {
    const fragment = document.createDocumentFragment();
    for (const node of nodes) fragment.append(this.build(node, seen).el);
    parent.el.insertBefore(fragment, this.anchor(before));
  }

  private build([id, tag, props, children]: WireNode, seen: number): ScreenNode {
    if (this.nodes.has(id)) throw new Error(`there is a node ${id} already`);
    const node = new ScreenNode(id, tag, element(tag));
    this.nodes.set(id, node);
    this.owners.set(node.el, node);
    for (const child of children) node.el.append(this.build(child, seen).el);
    assign(node, props, this.heard, seen);
    return node;
  }

  private move(node: ScreenNode, before: number): void {
    const parent = node.el.parentElement as AnyElement;
    const anchor = this.anchor(before);
    // moveBefore keeps focus, selection and scrolling; engines that lack it lose the focus, so it is put back.
    if ("moveBefore" in parent && node.el.isConnected) parent.moveBefore(node.el, anchor);
    else keepingFocus(() => parent.insertBefore(node.el, anchor));
  }

  private anchor(before: number): Element | null {
    return before === 0 ? null : this.get(before).el;
  }

  private remove(node: ScreenNode): void {
    this.forget(node);
    node.el.remove();
  }

  private forget(node: ScreenNode): void {
    this.nodes.delete(node.id);
    for (const child of this.children(node)) this.forget(child);
  }

  private call([, id, method, args]: Call): void {
    if (id === 0) return this.callScreen(method, args);
    if (DATA.has(method)) return bring(this.get(id), method, args);
    const { el } = this.get(id);
    const found = el[method];
    if (!METHODS.has(method) || typeof found !== "function") throw new Error(`<${el.localName}> has no ${method}()`);
    // After the elements have rendered what this frame changed: a new input cannot take focus before.
    queueMicrotask(() => setTimeout(() => (found as (...args: unknown[]) => void).apply(el, args)));
  }
}

/** Data is about what the element shows now: where that is not loaded yet, it waits for it, unless there is newer by then. */
function bring({ el, props }: ScreenNode, method: string, args: unknown[]): void {
  const { rows } = props;
  const act = () => {
    if (props.rows === rows) (el[method] as (...args: unknown[]) => void)(...args);
  };
  if (method in el) act();
  else void customElements.whenDefined(el.localName).then(act);
}

function element(tag: string): AnyElement {
  load(tag);
  if (!isRefusedTag(tag)) return document.createElement(tag) as AnyElement;
  console.error(`Hipflask: <${tag}> was refused`);
  return document.createElement("hf-refused") as AnyElement;
}

function keepingFocus(change: () => void): void {
  const focused = document.activeElement as HTMLElement | null;
  change();
  if (focused !== document.activeElement) focused?.focus({ preventScroll: true });
}
