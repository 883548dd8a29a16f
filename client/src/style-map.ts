/** Stands in for lit's `styleMap`, which writes a style attribute at first: our content security policy forbids those. */

import { noChange } from "lit";
import { type AttributePart, Directive, directive } from "lit/directive.js";

type Styles = Record<string, string | number | null | undefined>;

class StyleMap extends Directive {
  private names: string[] = [];

  override render(_styles: Styles): unknown {
    return noChange;
  }

  override update(part: AttributePart, [styles]: [Styles]): unknown {
    const style = (part.element as HTMLElement).style;
    for (const name of this.names) if (styles[name] == null) style.removeProperty(cssName(name));
    this.names = Object.keys(styles).filter((name) => styles[name] != null);
    for (const name of this.names) style.setProperty(cssName(name), String(styles[name]));
    return noChange;
  }
}

/** `background-color` of `backgroundColor`; `--custom` and `top` stay as they are. */
function cssName(name: string): string {
  return name.includes("-") ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const styleMap = directive(StyleMap);
