/** What is wrong with a field: said below it in place of its hint, and to whoever cannot see that.
 *
 * `refused` comes from the session, about what was entered; `error` was drawn. Where a field has no hint its sentence takes
 * no room of its own (style.css), so that nothing jumps when it comes and goes.
 */

import type { AnyElement, ScreenNode } from "./node";

export function showHint(node: ScreenNode): void {
  const { refused, error, hint } = node.props;
  const wrong = refused ?? error ?? null;
  const el = node.el as AnyElement;
  el.hint = wrong ?? hint ?? "";
  el.toggleAttribute("hinted", Boolean(hint));
  if (el.hasAttribute("wrong") === (wrong !== null)) return;
  el.toggleAttribute("wrong", wrong !== null);
  void markInside(el);
}

async function markInside(el: AnyElement): Promise<void> {
  await customElements.whenDefined(el.localName);
  await el.updateComplete;
  const inside = el.shadowRoot;
  const isWrong = el.hasAttribute("wrong");
  const control = inside?.querySelector("input:not([aria-hidden]), textarea, fieldset, [role=slider], [tabindex='0'], button");
  control?.setAttribute("aria-invalid", String(isWrong));
  const words = inside?.querySelector("#hint");
  if (isWrong) words?.setAttribute("role", "alert");
  else words?.removeAttribute("role");
}
