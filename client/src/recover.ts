/** Carry what a person sees and has typed over to a tree drawn anew: fields, focus, caret and scroll positions.
 *
 * In the same session nodes are matched by id. A new session has other ids: there a node's place is its path,
 *
 *     hf-root#0/hf-column#1/hf-row[42]/wa-input#0
 *
 * a tag with the node's key, or with its position among those of that tag that have no key.
 */

import { innerInput, inputEvent, put, Selection } from "./fields";
import type { ScreenNode } from "./node";
import { pause } from "./pause";
import type { Heard } from "./props";
import { setPageTitle } from "./title";
import type { Tree } from "./tree";
import type { Page } from "./wire";

interface KeptField {
  field: string;
  value: unknown;
  typed: ScreenNode["typed"];
}

export interface Kept {
  by: "id" | "path";
  fields: Map<string, KeptField>;
  focus: { place: string; range: Selection["range"] } | null;
  /** Elements that scroll. The page itself stays where it is: nothing is laid out while the tree is replaced. */
  scrolled: Map<string, [left: number, top: number]>;
}

/** Remember what would be lost if the tree were drawn anew now. */
export function capture(tree: Tree, by: Kept["by"]): Kept {
  const kept: Kept = { by, fields: new Map(), focus: null, scrolled: new Map() };
  for (const [place, node] of places(tree, by)) {
    const { el, field, typed } = node;
    if (field !== null && typed.touched) kept.fields.set(place, { field, value: el[field], typed });
    if (el === document.activeElement) kept.focus = { place, range: new Selection(el).range };
    if (el.scrollLeft || el.scrollTop) kept.scrolled.set(place, [el.scrollLeft, el.scrollTop]);
  }
  return kept;
}

/** Put it back where the new tree has a place for it; `seen` is the last event that the session knows of. */
export function restore(tree: Tree, kept: Kept, heard: Heard, seen: number): void {
  const found = places(tree, kept.by);
  for (const [place, field] of kept.fields) {
    const node = found.get(place);
    if (node?.field === field.field) restoreField(node, field, kept.by, heard, seen);
  }
  // The elements have their size and take focus once they have rendered, which they do in a microtask.
  setTimeout(() => restoreView(found, kept));
}

function restoreField(node: ScreenNode, kept: KeptField, by: Kept["by"], heard: Heard, seen: number): void {
  const drawn = node.typed.given;
  const isNewer = by === "id" && (kept.typed.sent > seen || kept.typed.held !== null);
  // A session that starts again draws what it drew at first; one that kept its data, what it drew last.
  const isUnknown = same(drawn, kept.typed.given) || same(drawn, kept.typed.first);
  if (by === "id") node.typed.sent = kept.typed.sent;
  if (by === "id" && !isNewer && kept.typed.sent > 0) return; // the session has it, and drew what it made of it
  if (!isNewer && !isUnknown) return;
  if (same(node.el[kept.field], kept.value)) return;
  put(node, kept.field, kept.value);
  node.typed.touched = true;
  const event = inputEvent(node);
  if (event !== null && (by === "path" || kept.typed.held !== null)) heard(node, event, kept.field);
}

function restoreView(found: Map<string, ScreenNode>, kept: Kept): void {
  for (const [place, [left, top]] of kept.scrolled) found.get(place)?.el.scrollTo({ left, top, behavior: "instant" });
  const el = kept.focus && found.get(kept.focus.place)?.el;
  if (!el || (document.activeElement && document.activeElement !== document.body)) return;
  el.focus({ preventScroll: true });
  if (kept.focus?.range) innerInput(el)?.setSelectionRange(...kept.focus.range);
}

/** Every node by its place. */
function places(tree: Tree, by: Kept["by"]): Map<string, ScreenNode> {
  const found = new Map<string, ScreenNode>();
  const walk = (node: ScreenNode, path: string) => {
    found.set(by === "id" ? String(node.id) : path, node);
    const counts = new Map<string, number>();
    for (const child of tree.children(node)) walk(child, `${path}/${step(child, counts)}`);
  };
  walk(tree.root, step(tree.root, new Map()));
  return found;
}

function step(node: ScreenNode, counts: Map<string, number>): string {
  const { key } = node.props;
  if (key !== undefined) return `${node.tag}[${JSON.stringify(key)}]`;
  const position = counts.get(node.tag) ?? 0;
  counts.set(node.tag, position + 1);
  return `${node.tag}#${position}`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

// ── the page itself ─────────────────────────────────────────────────────────────────────────────

// Once at once; but a server that answers and has no session for us either is not to be stormed.
let delay = 0;

/** There is a session: should it go, its page is asked for at once again. */
export function calm(): void {
  delay = 0;
}

/** Fetch this page again, however long that takes; `say` what the matter is meanwhile.
 *
 * In debug a program that was changed knows by `session` which states to hand on. Null: it cannot be drawn as it stands,
 * and the socket of that session says why.
 */
export async function fetchPage(session: string, say: (sentence: string | null) => void): Promise<Page | null> {
  for (;;) {
    await pause(delay);
    delay = Math.min(Math.max(delay * 2, 100), 3000);
    const headers = { Accept: "text/html", "Hipflask-Session": session };
    const answer = await fetch(location.href, { cache: "no-store", headers }).catch(() => null);
    if (answer?.headers.has("Hipflask-Halted")) return null;
    if (answer?.ok) return readPage(await answer.text());
    say(answer ? `The page could not be loaded (${answer.status}), trying again…` : "Connection lost, trying again…");
  }
}

async function readPage(html: string): Promise<Page> {
  const found = pageIn(html);
  if (found === null) {
    location.reload(); // another page, a log-in say, or a newer Hipflask: only the browser can show that
    return new Promise(() => {}); // never: this page ends here
  }
  setPageTitle(found.title);
  return found.page;
}

/** The live page that some HTML carries; null if there is none, or one that needs another script. */
export function pageIn(html: string): { page: Page; title: string } | null {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const data = fresh.getElementById("hipflask-page");
  if (data === null || scriptOf(fresh) !== scriptOf(document)) return null;
  return { page: JSON.parse(data.textContent ?? ""), title: fresh.title };
}

function scriptOf(page: Document): string | null {
  return page.querySelector("script[src]")?.getAttribute("src") ?? null;
}
