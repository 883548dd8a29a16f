/** What is there only on pages that say `debug`: the keys that open the inspector, and a door for tests, `window.hipflask`. */

import type { AnyElement, ScreenNode } from "./node";
import type { Tree } from "./tree";
import type { Patch, Props, WireNode } from "./wire";

/** Ctrl+Alt+I opens the inspector, wherever the focus is. */
export function watchInspecting(asked: () => void): void {
  document.addEventListener("keydown", (event) => {
    // By its place on the keyboard: with Alt, some keys are other letters.
    if (!event.ctrlKey || !event.altKey || event.code !== "KeyI" || event.repeat) return;
    event.preventDefault();
    asked();
  });
}

/** Put `window.hipflask` there: apply patches, draw a tree, and read back what the document really shows. */
export function exposeForTests(tree: Tree): void {
  Object.assign(window, {
    hipflask: {
      apply: (patches: Patch[], seen = 0) => tree.apply(patches, seen),
      reset: (root: WireNode) => tree.reset(root),
      tree: () => read(tree, tree.root),
    },
  });
}

/** A node as the document shows it: values from the elements, not from what was said about them. */
function read(tree: Tree, node: ScreenNode): WireNode {
  const children = [...node.el.childNodes].flatMap((child): WireNode[] => {
    if (child === node.text && child === node.el.firstChild) return [];
    const known = child instanceof Element ? tree.of(child) : undefined;
    return [known ? read(tree, known) : [0, child.nodeName, { text: child.textContent }, []]];
  });
  return [node.id, node.tag, readProps(node), children];
}

function readProps(node: ScreenNode): Props {
  const { el, props, original } = node;
  const found: Props = {};
  for (const [name, was] of original) {
    if (name === "style" || name === "attrs") continue;
    if (name in props || el[name] !== was) found[name] = el[name];
  }
  if (node.text) found.text = node.text.data;
  for (const name of ["field", "key", "error", "refused"]) if (name in props) found[name] = props[name];
  // One place shows all three, so the hint is there to be read only where nothing is wrong.
  if ("hint" in props) found.hint = props.refused ?? props.error ?? false ? props.hint : el.hint;
  if ("on" in props) found.on = Object.fromEntries([...node.listeners.keys()].map((name) => [name, (props.on as Props)[name]]));
  if ("style" in props) found.style = readStyle(el);
  if ("attrs" in props) found.attrs = readAttributes(el, props.attrs as Props);
  if (el.getAttribute("aria-busy") === "true") found.busy = true;
  return found;
}

function readStyle(el: AnyElement): Props {
  return Object.fromEntries([...el.style].map((name) => [name, el.style.getPropertyValue(name)]));
}

function readAttributes(el: AnyElement, wanted: Props): Props {
  return Object.fromEntries(
    Object.keys(wanted).map((name) => [name, wanted[name] === true && el.getAttribute(name) === "" ? true : el.getAttribute(name)]),
  );
}
