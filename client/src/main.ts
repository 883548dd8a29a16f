/** From the page to a live screen: draw its tree, then keep it in step with the session. */

import "./locale";
import "./components";
import "./context-menu";
import "./desktop.css";
import "./dragged";
import "./style.css";
import "./tooltips";
import { answerTo } from "./asked";
import { watchChanges } from "./changes";
import { isHeld, isInput, watchTyping } from "./fields";
import type { AnyElement, ScreenNode } from "./node";
import { call, openReportsBy, showConnection, showError } from "./notices";
import { calm, capture, fetchPage, restore } from "./recover";
import { useScheme, useTheme } from "./scheme";
import { watchKeys } from "./shortcuts";
import { Connection } from "./socket";
import { exposeForTests, watchInspecting } from "./debug";
import { setPageTitle } from "./title";
import { Tree } from "./tree";
import { navigate, note, type Visit, watchVisits } from "./visits";
import type { Page } from "./wire";

/** Letters; a message of them must stay below what the server takes. */
const LONGEST_TEXT = 2_500_000;
const TOO_LONG = {
  title: "This text is too long",
  message: `It has more than ${LONGEST_TEXT.toLocaleString("en")} letters. What was there before is kept; a file of that size can be uploaded.`,
};

const tree = new Tree(heard, called);
let connection: Connection;
openReportsBy((report) => connection.event(0, "report", report));
let current: Page;
/** The place that was left once and is being come back to: until its session has drawn, the screen shows another. */
let returning: Visit | null = null;

function start(page: Page): void {
  draw(page);
  if (page.debug) {
    exposeForTests(tree);
    watchInspecting(() => connection.event(0, "inspect", null));
  }
  connect(page);
}

function draw(page: Page): void {
  useScheme(page.scheme);
  useTheme(page.theme);
  tree.reset(page.tree);
}

function connect(page: Page): void {
  current = page;
  connection = new Connection(page, {
    apply: (patches, seen) => tree.apply(patches, seen),
    reset: (root, seen) => {
      if (returning !== null) return returned(returning, () => tree.reset(root));
      const kept = capture(tree, "id");
      tree.reset(root);
      restore(tree, kept, heard, seen);
    },
    gone: () => void comeBack(),
    halted: (title, message, detail) => {
      showError(null);
      showError({ title, message, detail, open: true });
    },
    broken: (reason) => showError({ title: "This window cannot be drawn", message: reason }),
    lost: (isLost) => {
      if (!isLost) calm();
      showConnection(isLost ? "Connection lost, trying again…" : null);
    },
  });
}

/** The session is no more: fetch the page again and carry over what had been typed. */
async function comeBack(): Promise<void> {
  const lost = connection;
  lost.close();
  const page = await fetchPage(current.session, showConnection);
  if (lost !== connection) return; // somebody has gone elsewhere meanwhile
  if (page === null) return connect(current);
  showConnection(null);
  showError(null);
  const kept = returning === null ? capture(tree, "path") : null;
  if (returning === null) draw(page);
  else returned(returning, () => draw(page));
  connect(page);
  if (kept !== null) restore(tree, kept, heard, 0); // which has something to say to the new session
  note();
}

/** Show another place, for the first time. */
function enter(page: Page, title: string): void {
  connection.close();
  returning = null;
  setPageTitle(title);
  arrive([0, 0], () => draw(page));
  connect(page);
}

/** Show a place that was left: its session draws what it would show now. */
function comeBackTo(visit: Visit): void {
  connection.close();
  returning = visit;
  connect({ ...current, session: visit.session, frame: 0 });
}

function returned(visit: Visit, show: () => void): void {
  returning = null;
  setPageTitle(visit.title);
  arrive(visit.scroll, show);
}

/** What is shown is another place now: notices of the one before go, and whoever reads or types begins at the top. */
function arrive([left, top]: Visit["scroll"], show: () => void): void {
  showError(null);
  show();
  tree.root.el.tabIndex = -1;
  tree.root.el.focus({ preventScroll: true });
  // The elements have their size once they have rendered, which they do in a microtask.
  setTimeout(() => scrollTo({ left, top, behavior: "instant" }));
}

/** A call to the screen itself. */
function called(method: string, args: unknown[]): void {
  if (method === "ask") void answer(args as [number, string, ...unknown[]]);
  else if (method === "unpick") void import("./pick").then(({ unpick }) => unpick());
  else if (method === "navigate") navigate(...(args as [string, boolean]));
  else call(method, args);
}

async function answer([number, what, ...args]: [number, string, ...unknown[]]): Promise<void> {
  const asking = connection;
  const value = what === "pick" ? await (await import("./pick")).pick(tree) : await answerTo(what, args);
  if (asking === connection) connection.event(0, "answer", [number, value]);
}

/** Something happened at a node: tell the session, unless the value has to wait or the node is busy. */
function heard(node: ScreenNode, name: string, what: string | null): void {
  const isBusy = node.busy && node.tag !== "hf-table"; // a table goes on showing rows while something is done with some of them
  if ((isInput(node, name, what) && isHeld(node)) || isBusy || returning !== null) return;
  const value = what === null ? null : read(node.el, what);
  if (typeof value === "string" && value.length > LONGEST_TEXT) return showError(TOO_LONG);
  const number = connection.event(node.id, name, value ?? null);
  if (number !== null && isInput(node, name, what)) node.typed.sent = number;
}

function read(el: AnyElement, what: string): unknown {
  // Web Awesome looks at what stands in a field when it renders, which may be later than somebody leaves it.
  if (what === "validationMessage") (el.updateValidity as (() => void) | undefined)?.call(el);
  return el[what];
}

watchTyping((el) => tree.of(el), heard);
watchChanges((el) => tree.of(el));
watchKeys((turn) => {
  if (returning === null) connection.event(0, turn, null);
});
document.addEventListener("hf-address", (event) => {
  (event as CustomEvent).detail.address = `/_hipflask/upload/${current.session}/${tree.of(event.target)?.id}`;
});
start(JSON.parse(document.getElementById("hipflask-page")?.textContent ?? "null"));
watchVisits({ session: () => current.session, enter, comeBackTo });
