/** What is refused, so that no text an app shows can ever become a script; Python refuses the same (DESIGN.md). */

const TAGS = new Set(["script", "style", "link", "iframe", "object", "embed", "base", "meta"]);
const PROPS = new Set(["innerHTML", "outerHTML", "srcdoc", "__proto__", "constructor", "prototype"]);
const ATTRIBUTES = new Set(["style", "srcdoc", "is"]);
const URLS = new Set(["href", "src", "action", "formaction", "data", "poster", "xlink:href"]);
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:", "blob:"]);

export function isRefusedTag(tag: string): boolean {
  return TAGS.has(tag.toLowerCase());
}

/** Whether `name` must not be set to `value`, as a property or, with `attribute`, as an attribute. */
export function isRefusedProp(name: string, value: unknown, attribute = false): boolean {
  const lower = name.toLowerCase();
  if (lower.startsWith("on") || (attribute ? ATTRIBUTES.has(lower) : PROPS.has(name))) return true;
  return URLS.has(lower) && value !== null && !isSafeUrl(String(value));
}

/** Whether following `url` cannot run anything: its scheme is on the list, as the browser itself reads it. */
export function isSafeUrl(url: string): boolean {
  let parsed: URL;
  try {
    parsed = new URL(url, document.baseURI);
  } catch {
    return true; // leads nowhere
  }
  return SCHEMES.has(parsed.protocol) || /^data:image\//i.test(parsed.href);
}
