/** Elements that many windows do without: each is loaded when one is first drawn, and shows itself as soon as it is there. */

const WHERE: Record<string, () => Promise<unknown>> = {
  "wa-avatar": () => import("@awesome.me/webawesome/dist/components/avatar/avatar.js"),
  "wa-breadcrumb": () => import("@awesome.me/webawesome/dist/components/breadcrumb/breadcrumb.js"),
  "wa-breadcrumb-item": () => import("@awesome.me/webawesome/dist/components/breadcrumb-item/breadcrumb-item.js"),
  "wa-details": () => import("@awesome.me/webawesome/dist/components/details/details.js"),
  "wa-dialog": () => import("@awesome.me/webawesome/dist/components/dialog/dialog.js"),
  "wa-drawer": () => import("@awesome.me/webawesome/dist/components/drawer/drawer.js"),
  "wa-dropdown": () => import("@awesome.me/webawesome/dist/components/dropdown/dropdown.js"),
  "wa-split-panel": () => import("@awesome.me/webawesome/dist/components/split-panel/split-panel.js"),
  "wa-tab-group": () => import("@awesome.me/webawesome/dist/components/tab-group/tab-group.js"),
  "wa-tree": () => import("@awesome.me/webawesome/dist/components/tree/tree.js"),
};

const asked = new Set<string>();

/** Have what shows `tag` loaded, if that is not under way; a load that fails is tried again with the next such element. */
export function load(tag: string): void {
  const where = asked.has(tag) ? undefined : WHERE[tag];
  if (!where) return;
  asked.add(tag);
  where().catch((error) => {
    asked.delete(tag);
    console.error(`Hipflask: <${tag}> could not be loaded`, error);
  });
}
