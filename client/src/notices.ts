/** What the screen says by itself: notifications, errors that stay, and a bar about the connection. */

import type WaToast from "@awesome.me/webawesome/dist/components/toast/toast.js";
import { setPageTitle } from "./title";

const ICONS = {
  neutral: "info",
  brand: "info",
  success: "circle-check",
  warning: "triangle-alert",
  danger: "circle-alert",
};
/** Older errors leave when there are more than this. */
const MOST_ERRORS = 5;

interface Notification {
  message: string;
  kind: keyof typeof ICONS;
  seconds: number;
}

interface ErrorNotice {
  title: string;
  message: string;
  detail?: string | null;
  /** Show the detail at once. */
  open?: boolean;
  /** Where a report about it can be read, and sent. */
  report?: string;
}

const methods: Record<string, (argument: never) => void> = {
  notify: showNotification,
  error: showError,
  title: setPageTitle,
};

let openReport: (report: string) => void = () => {};

/** Who opens the report about an error, when its person asks for it. */
export function openReportsBy(open: (report: string) => void): void {
  openReport = open;
}

/** A call to the screen itself. */
export function call(method: string, args: unknown[]): void {
  const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!found) throw new Error(`the screen has no ${method}()`);
  found(args[0] as never);
}

function showNotification({ message, kind, seconds }: Notification): void {
  void stack().create(message, { variant: kind, icon: ICONS[kind] ?? "info", duration: seconds * 1000 });
}

function stack(): WaToast {
  return document.querySelector("wa-toast") ?? appended(document.createElement("wa-toast"));
}

/** Show an error until it is dismissed; the same error again only counts. Null dismisses all. */
export function showError(notice: ErrorNotice | null): void {
  const place = document.querySelector("hf-errors") ?? appended(create("hf-errors", { role: "alert" }));
  if (notice === null) return place.replaceChildren();
  const { title, message, detail, open, report } = notice;
  const text = JSON.stringify([title, message, detail]);
  const known = [...place.children].find((el) => (el as HTMLElement).dataset.text === text) as HTMLElement | undefined;
  if (known) return countAgain(known);
  const panel = create("wa-callout", { variant: "danger", "data-text": text });
  const words = errorText(title, message, detail, open);
  if (report) words.append(reportButton(report));
  panel.append(create("wa-icon", { slot: "icon", name: "circle-alert" }), words, dismissal(panel));
  place.append(panel);
  while (place.children.length > MOST_ERRORS) place.firstElementChild?.remove();
}

function countAgain(panel: HTMLElement): void {
  const title = panel.querySelector("strong") as HTMLElement;
  title.dataset.count = String(Number(title.dataset.count ?? 1) + 1); // shown by the style sheet
}

function errorText(title: string, message: string, detail: string | null | undefined, open = false): HTMLElement {
  const text = create("hf-error-text");
  text.append(create("strong", {}, title), create("p", {}, message));
  if (detail) {
    const more = create("details");
    more.toggleAttribute("open", open);
    more.append(create("summary", {}, "Details"), create("pre", {}, detail));
    text.append(more);
  }
  return text;
}

function reportButton(report: string): HTMLElement {
  const button = create("wa-button", { appearance: "outlined", variant: "danger", size: "s" }, "Report…");
  button.addEventListener("click", () => openReport(report));
  return button;
}

function dismissal(panel: HTMLElement): HTMLElement {
  const button = create("wa-button", { appearance: "plain", variant: "danger", size: "s" });
  button.append(create("wa-icon", { name: "x", label: "Dismiss" }));
  button.addEventListener("click", () => panel.remove());
  return button;
}

/** Say something about the connection in a bar at the top; null takes the bar away. */
export function showConnection(sentence: string | null): void {
  const bar = document.querySelector("hf-connection");
  if (sentence === null) return bar?.remove();
  if (bar) bar.lastElementChild!.textContent = sentence;
  else appended(connectionBar(sentence));
}

function connectionBar(sentence: string): HTMLElement {
  const bar = create("hf-connection", { role: "status" });
  bar.append(create("wa-spinner"), create("span", {}, sentence));
  return bar;
}

function create(tag: string, attributes: Record<string, string> = {}, text = ""): HTMLElement {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  el.textContent = text;
  return el;
}

function appended<T extends HTMLElement>(el: T): T {
  document.body.append(el);
  return el;
}
