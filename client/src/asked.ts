/** What the session asks the page to do, and wants an answer to; null says that the browser would not have it. */

import { isSafeUrl } from "./safe";

const methods: Record<string, (...args: never[]) => unknown> = {
  announce,
  close: () => close(),
  copy,
  open: openWindow,
  paste: () => navigator.clipboard.readText(),
  screen: ownScreen,
};

/** Do it; what goes wrong is an answer, too. */
export async function answerTo(what: string, args: unknown[]): Promise<unknown> {
  try {
    if (!Object.hasOwn(methods, what)) throw new Error(`the screen cannot ${what}`);
    return (await methods[what]?.(...(args as never[]))) ?? null;
  } catch (error) {
    console.error(`Hipflask: ${what} failed`, error);
    return null;
  }
}

async function copy(text: string): Promise<true> {
  await navigator.clipboard.writeText(text);
  return true;
}

function openWindow(
  url: string,
  width: number | null,
  height: number | null,
  part: [number, number, number, number] | null,
): true | null {
  if (!isSafeUrl(url)) throw new Error(`the address ${url} was refused`);
  return open(url, "_blank", part ? placed(part) : sized(width, height)) && true;
}

function sized(width: number | null, height: number | null): string {
  return width && height ? `popup,width=${width},height=${height}` : "";
}

/** A part of the screen that this page is on, as features of a window. */
function placed([left, top, width, height]: [number, number, number, number]): string {
  const [x, y, w, h] = ownScreen();
  const [first, last] = [Math.round(x + left * w), Math.round(x + (left + width) * w)];
  const [upper, lower] = [Math.round(y + top * h), Math.round(y + (top + height) * h)];
  return `popup,left=${first},top=${upper},width=${last - first},height=${lower - upper}`;
}

/** The screen that this page is on, without panels: left, top, width and height. */
function ownScreen(): [number, number, number, number] {
  const { availLeft = 0, availTop = 0 } = screen as Screen & { availLeft?: number; availTop?: number };
  return [availLeft, availTop, screen.availWidth, screen.availHeight];
}

async function announce(message: string): Promise<true | null> {
  if (!("Notification" in window)) return null;
  if ((await Notification.requestPermission()) !== "granted") return null;
  new Notification(document.title, { body: message });
  return true;
}
