/** Elements that many windows do without: each is loaded when one is first drawn, and shows itself as soon as it is there. */

// A few groups only: what several of them share would otherwise fall into dozens of files, each asked for by itself.
const containers = () => import("./lazy-containers");
const fields = () => import("./lazy-fields");

const WHERE: Record<string, () => Promise<unknown>> = {
  "hf-combobox": fields,
  "hf-range": fields,
  "hf-rating": fields,
  "hf-chart": () => import("./chart"),
  "hf-drop": () => import("./drop"),
  "hf-figure": () => import("./figure"),
  "hf-menu-bar": () => import("./menu-bar"),
  "hf-plot": () => import("./plot/plot"),
  "hf-table": () => import("./table/element"),
  "hf-log": () => import("./log"),
  "hf-upload": () => import("./upload"),
  "wa-avatar": containers,
  "wa-breadcrumb": containers,
  "wa-breadcrumb-item": containers,
  "wa-color-picker": fields,
  "wa-copy-button": fields,
  "wa-details": containers,
  "wa-dialog": containers,
  "wa-drawer": containers,
  "wa-dropdown": containers,
  "wa-radio": fields,
  "wa-radio-group": fields,
  "wa-split-panel": containers,
  "wa-switch": fields,
  "wa-tab-group": containers,
  "wa-textarea": fields,
  "wa-tree": containers,
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
