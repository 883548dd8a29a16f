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
    for (const name of this.names) if (styles[name] == null) style.removeProperty(name);
    this.names = Object.keys(styles).filter((name) => styles[name] != null);
    for (const name of this.names) style.setProperty(name, String(styles[name]));
    return noChange;
  }
}

export const styleMap = directive(StyleMap);
