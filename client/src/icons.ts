/** Icons for <wa-icon>: a few that belong to the controls themselves are in the bundle, all others come from Hipflask.
 *
 * Web Awesome's own libraries would ask a server outside, or fetch data: addresses, which our content security
 * policy does not allow. So an icon is looked up here, and drawn at once where it is already known.
 */

import check from "lucide-static/icons/check.svg";
import chevronDown from "lucide-static/icons/chevron-down.svg";
import circleAlert from "lucide-static/icons/circle-alert.svg";
import circleCheck from "lucide-static/icons/circle-check.svg";
import circleX from "lucide-static/icons/circle-x.svg";
import eye from "lucide-static/icons/eye.svg";
import eyeOff from "lucide-static/icons/eye-off.svg";
import info from "lucide-static/icons/info.svg";
import minus from "lucide-static/icons/minus.svg";
import triangleAlert from "lucide-static/icons/triangle-alert.svg";
import x from "lucide-static/icons/x.svg";
import WaIcon from "@awesome.me/webawesome/dist/components/icon/icon.js";

/** Known drawings by Lucide's name; null for a name that has none. */
const drawings = new Map<string, Promise<SVGElement | null> | SVGElement | null>(
  Object.entries({
    check,
    info,
    minus,
    x,
    eye,
    "chevron-down": chevronDown,
    "circle-alert": circleAlert,
    "circle-check": circleCheck,
    "circle-x": circleX,
    "eye-off": eyeOff,
    "triangle-alert": triangleAlert,
  }).map(([name, markup]) => [name, parsed(markup)]),
);

/** What Web Awesome's controls call the icons inside them. */
const SYSTEM: Record<string, string> = {
  xmark: "x",
  "circle-xmark": "circle-x",
  indeterminate: "minus",
  "eye-slash": "eye-off",
  eyedropper: "pipette",
};

/** Make every <wa-icon> draw from here. */
export function useOurIcons(): void {
  const icon = WaIcon.prototype as unknown as { setIcon(): Promise<void> };
  icon.setIcon = setIcon;
}

async function setIcon(this: { svg: SVGElement | null; name?: string; library: string }): Promise<void> {
  const asked = this.name;
  const name = (this.library === "system" && SYSTEM[this.name ?? ""]) || this.name;
  if (!name) {
    this.svg = null;
    return;
  }
  const known = drawing(name);
  const svg = known instanceof Promise ? await known : known;
  if (known instanceof Promise && asked !== this.name) return; // renamed meanwhile
  this.svg = (svg?.cloneNode(true) as SVGElement | undefined) ?? null;
  if (this.library === "system" && name === "star") this.svg?.setAttribute("fill", "currentColor"); // a rating's
}

function drawing(name: string): Promise<SVGElement | null> | SVGElement | null {
  const known = drawings.get(name);
  if (known !== undefined) return known;
  const coming = fetched(name);
  drawings.set(name, coming);
  coming.then(
    (svg) => drawings.set(name, svg),
    () => drawings.delete(name), // no connection: ask again next time
  );
  return coming.catch(() => null);
}

async function fetched(name: string): Promise<SVGElement | null> {
  const answer = await fetch(`/_hipflask/icons/${encodeURIComponent(name)}.svg`);
  if (answer.ok) return parsed(await answer.text());
  console.error(`Hipflask: there is no icon called ${JSON.stringify(name)}`);
  return null;
}

function parsed(markup: string): SVGElement | null {
  const svg = new DOMParser().parseFromString(markup, "image/svg+xml").documentElement;
  if (!(svg instanceof SVGElement)) return null;
  svg.part.add("svg");
  return document.importNode(svg, true);
}
