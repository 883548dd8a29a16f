/** Going from one window function to another: what is drawn is replaced, the page stays, and back finds all as it was left.
 *
 *     click on a live link → fetch that page → leave(): note scroll and title → enter(page)
 *     back → the session of that place still lives → connect to it, and it draws all of it again
 *
 * Each entry of the browser's history carries the session that belongs to it. A session that is gone meanwhile is fetched
 * anew, like one that was lost in any other way.
 */

import { showError } from "./notices";
import { pageIn } from "./recover";
import { isSafeUrl } from "./safe";
import { pageTitle } from "./title";
import type { Page } from "./wire";

/** What a history entry knows of the place that it leads to. */
export interface Visit {
  session: string;
  title: string;
  scroll: [left: number, top: number];
}

interface Screen {
  /** The session that is shown. */
  session(): string;
  /** Show a page that was fetched. */
  enter(page: Page, title: string): void;
  /** Show a session that was left. */
  comeBackTo(visit: Visit): void;
}

let screen: Screen;
let latest = 0;
/** Places as they were left, by session: the history can only be written to before one leaves. */
const left = new Map<string, Visit>();

/** Follow live links, and the browser's back and forward, on this screen. */
export function watchVisits(shown: Screen): void {
  screen = shown;
  history.scrollRestoration = "manual";
  note();
  addEventListener("click", followed);
  addEventListener("popstate", (event) => moved(event.state as Visit | null));
}

/** Write down what is shown now, for when somebody comes back to it. */
export function note(): void {
  history.replaceState(leave(), "");
}

function leave(): Visit {
  const visit: Visit = { session: screen.session(), title: pageTitle(), scroll: [scrollX, scrollY] };
  left.set(visit.session, visit);
  return visit;
}

/** Go to an address; a live one is a window function's, and needs no new page. */
export function navigate(address: string, isLive = false): void {
  if (!isSafeUrl(address)) return console.error("Hipflask: an address was refused", address);
  if (isLive) void visit(new URL(address, location.href));
  else location.assign(address);
}

async function visit(url: URL): Promise<void> {
  const mine = ++latest;
  // What was done here can be undone there.
  const headers = { Accept: "text/html", "Hipflask-From": screen.session() };
  const answer = await fetch(url, { headers }).catch(() => null);
  if (mine !== latest) return; // somebody has gone elsewhere meanwhile
  if (answer === null) return showError({ title: "That place cannot be reached just now", message: "The connection is lost." });
  const found = pageIn(await answer.text());
  if (mine !== latest) return;
  if (found === null) return location.assign(url); // a log-in, an error: only the browser can show that
  note();
  const fresh: Visit = { session: found.page.session, title: found.title, scroll: [0, 0] };
  history.pushState(fresh, "", answer.url + url.hash);
  screen.enter(found.page, found.title);
}

function moved(visit: Visit | null): void {
  latest++;
  if (visit === null) return note(); // to another part of the same page
  if (visit.session === screen.session()) return;
  leave();
  screen.comeBackTo(left.get(visit.session) ?? visit);
}

function followed(event: MouseEvent): void {
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!isPlain || event.defaultPrevented) return;
  // An element of a library may have its link inside, where no click shows it from outside.
  const path = event.composedPath() as (HTMLAnchorElement & { live?: boolean })[];
  const address = path.find((el) => el.live === true)?.href;
  if (address === undefined) return;
  event.preventDefault();
  navigate(address, true);
}
