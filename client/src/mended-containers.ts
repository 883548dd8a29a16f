/** What the containers lack: see mended.ts. */

import WaBreadcrumbItem from "@awesome.me/webawesome/dist/components/breadcrumb-item/breadcrumb-item.js";
import WaTabGroup from "@awesome.me/webawesome/dist/components/tab-group/tab-group.js";
import type WaTab from "@awesome.me/webawesome/dist/components/tab/tab.js";
import WaTreeItem from "@awesome.me/webawesome/dist/components/tree-item/tree-item.js";
import { mended } from "./mended";

interface Inside {
  activeTab?: WaTab;
  tabs: WaTab[];
  syncTabsAndPanels(): void;
  setAriaLabels(): void;
  setActiveTab(tab: WaTab, options: { emitEvents: boolean }): void;
}

// It opens its first page when it is scrolled into view, and not before: then all that is below jumps.
mended(WaTabGroup, (el) => {
  const group = el as unknown as Inside;
  if (!group.activeTab) void el.updateComplete.then(() => openFirst(el.active, group)); // its tabs have their places then
});

function openFirst(name: string, group: Inside): void {
  group.syncTabsAndPanels();
  const tab = group.tabs.find((each) => each.panel === name) ?? group.tabs[0];
  if (!tab || group.activeTab) return;
  group.setActiveTab(tab, { emitEvents: false });
  group.setAriaLabels();
}

// One that is put into another folds up, as that one has not said yet that it is open.
const unfolded = new WeakSet<Element>();
mended(WaTreeItem, (el) => {
  if (!unfolded.has(el) && el.hasAttribute("opened")) el.expanded = true;
  unfolded.add(el);
});

// Where one is already is no place to go to: it is said, and Tab passes over it.
mended(WaBreadcrumbItem, (el) => {
  const button = el.shadowRoot?.querySelector("button");
  const here = el.getAttribute("aria-current");
  if (!button || here === null) return;
  button.tabIndex = -1;
  button.setAttribute("aria-current", here);
  button.setAttribute("aria-disabled", "true");
});
