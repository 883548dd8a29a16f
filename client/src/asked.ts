/** What the session asks the page to do, and wants an answer to; null says that the browser would not have it. */

import { isSafeUrl } from "./safe";

const methods: Record<string, (...args: never[]) => unknown> = {
  announce,
  close: () => close(),
  copy,
  open: openWindow,
  paste: () => navigator.clipboard.readText(),
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

function openWindow(url: string, width: number | null, height: number | null): true | null {
  if (!isSafeUrl(url)) throw new Error(`the address ${url} was refused`);
  const size = width && height ? `popup,width=${width},height=${height}` : "";
  return open(url, "_blank", size) && true;
}

async function announce(message: string): Promise<true | null> {
  if (!("Notification" in window)) return null;
  if ((await Notification.requestPermission()) !== "granted") return null;
  new Notification(document.title, { body: message });
  return true;
}
