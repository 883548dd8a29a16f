/** From the page to a live screen: draw its tree, then keep it in step with the session. */

import "./locale";
import "./components";
import "./context-menu";
import "./shortcuts";
import "./style.css";
import "./tooltips";
import { watchChanges } from "./changes";
import { isHeld, isInput, watchTyping } from "./fields";
import type { ScreenNode } from "./node";
import { call, showConnection, showError } from "./notices";
import { calm, capture, fetchPage, restore } from "./recover";
import { useScheme, useTheme } from "./scheme";
import { Connection } from "./socket";
import { exposeForTests } from "./debug";
import { Tree } from "./tree";
import type { Page } from "./wire";

const tree = new Tree(heard, call);
let connection: Connection;
let current: Page;

function start(page: Page): void {
  useScheme(page.scheme);
  useTheme(page.theme);
  tree.reset(page.tree);
  if (page.debug) exposeForTests(tree);
  connect(page);
}

function connect(page: Page): void {
  current = page;
  connection = new Connection(page, {
    apply: (patches, seen) => tree.apply(patches, seen),
    reset: (root, seen) => {
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
  connection.close();
  const page = await fetchPage(current.session, showConnection);
  if (page === null) return connect(current);
  showConnection(null);
  showError(null);
  const kept = capture(tree, "path");
  useScheme(page.scheme);
  useTheme(page.theme);
  tree.reset(page.tree);
  connect(page);
  restore(tree, kept, heard, 0);
}

/** Something happened at a node: tell the session, unless the value has to wait or the node is busy. */
function heard(node: ScreenNode, name: string, what: string | null): void {
  if ((isInput(node, name, what) && isHeld(node)) || node.busy) return;
  const value = what === null ? null : node.el[what];
  const number = connection.event(node.id, name, value ?? null);
  if (number !== null && isInput(node, name, what)) node.typed.sent = number;
}

watchTyping((el) => tree.of(el), heard);
watchChanges((el) => tree.of(el));
document.addEventListener("hf-address", (event) => {
  (event as CustomEvent).detail.address = `/_hipflask/upload/${current.session}/${tree.of(event.target)?.id}`;
});
start(JSON.parse(document.getElementById("hipflask-page")?.textContent ?? "null"));
