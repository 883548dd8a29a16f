/** Give the page a language that `Intl` understands: a web view in the locale "C" reports one that it does not.
 *
 * Imported before anything that reads the language.
 */

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

if (!isLanguage(navigator.language ?? "")) {
  Object.defineProperty(navigator, "language", { configurable: true, value: "en" });
  Object.defineProperty(navigator, "languages", { configurable: true, value: ["en"] });
}
const html = document.documentElement;
if (!isLanguage(html.lang)) html.lang = navigator.language;

export {};
