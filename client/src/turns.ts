/** The keys for undo and redo, and who they are for.
 *
 *     Ctrl+Z in a text field       the browser takes back what was typed there; if it does nothing, the window is told
 *     Ctrl+Z anywhere else         the window is told, and takes back what the person did last
 */

export type Turn = "undo" | "redo";

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
/** Inputs without a text in them: undo means nothing to them. */
const NO_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);
/** Until a browser has taken back what was typed, which some do in another process. */
const BROWSER_MS = 50;

/** What these keys ask for, if it is undo or redo. */
export function turnOf(event: KeyboardEvent): Turn | null {
  const [command, other] = IS_APPLE ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (!command || other || event.altKey) return null;
  // Where the keys have other letters (Cyrillic, say), their place counts.
  const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey && !IS_APPLE ? "redo" : null;
}

/** Whether the browser can take back what was typed there. */
export function hasOwnUndo(target: EventTarget | undefined): boolean {
  if (target instanceof HTMLInputElement) return !target.readOnly && !NO_TEXT.has(target.type);
  if (target instanceof HTMLTextAreaElement) return !target.readOnly;
  return target instanceof HTMLElement && target.isContentEditable;
}

/** Do it unless the browser takes something back (or does it again) at the key that was just pressed. */
export function ifLeftAlone(act: () => void): void {
  let isTaken = false;
  const note = (event: Event) => {
    isTaken ||= (event as InputEvent).inputType?.startsWith("history") ?? false;
  };
  document.addEventListener("input", note, true);
  setTimeout(() => {
    document.removeEventListener("input", note, true);
    if (!isTaken) act();
  }, BROWSER_MS);
}
