/** Characters that nobody sees, or that turn the text around them: shown, so that a cell cannot say other than it holds. */

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;
const EACH = new RegExp(HIDDEN.source, "g");

/** The text with a visible sign in place of each such character: ␛ for escape, ↵ for a new line, ⟨202E⟩ for what has no sign. */
export function controlled(text: string): string {
  return HIDDEN.test(text) ? text.replace(EACH, sign) : text;
}

function sign(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 10) return "↵";
  if (code === 9) return "⇥";
  if (code < 32) return String.fromCharCode(0x2400 + code);
  if (code === 127) return "␡";
  return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
