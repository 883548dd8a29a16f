/** What Web Awesome's elements lack, given to each of them whenever it has rendered. */

import type { LitElement, PropertyValues } from "lit";

interface Rendered {
  updated?(changed: PropertyValues): void;
}

/** Call `mend` with every element of a class, each time after it has rendered. */
export function mended<T extends LitElement>(element: { prototype: T }, mend: (el: T) => void): void {
  // Through the prototype, since those that are on the page already were made when their module was loaded.
  const prototype = element.prototype as unknown as Rendered;
  const { updated } = prototype;
  prototype.updated = function (this: T, changed: PropertyValues) {
    updated?.call(this, changed);
    mend(this);
  };
}
