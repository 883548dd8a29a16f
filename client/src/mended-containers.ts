/** What the containers lack: see mended.ts. */

import WaTabGroup from "@awesome.me/webawesome/dist/components/tab-group/tab-group.js";
import type WaTab from "@awesome.me/webawesome/dist/components/tab/tab.js";
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
  if (group.activeTab) return;
  group.syncTabsAndPanels();
  const tab = group.tabs.find((each) => each.panel === el.active) ?? group.tabs[0];
  if (!tab) return;
  group.setActiveTab(tab, { emitEvents: false });
  group.setAriaLabels();
});
