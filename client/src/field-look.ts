/** The label above and the hint below a field that is one of our own, as those of Web Awesome's have them. */

import { css, html, type TemplateResult } from "lit";

export const fieldLook = css`
  :host {
    display: block;
    position: relative;
  }
  label {
    display: block;
    width: fit-content;
    margin-block-end: 0.5em;
    color: var(--wa-form-control-label-color);
    font-weight: var(--wa-form-control-label-font-weight);
    line-height: var(--wa-form-control-label-line-height);
  }
  #hint {
    display: block;
    margin-block-start: 0.5em;
    color: var(--wa-form-control-hint-color);
    font-size: var(--wa-font-size-smaller);
    line-height: var(--wa-form-control-label-line-height);
  }
  :is(label, #hint):empty {
    display: none;
  }
`;

export function labelled(label: string, hint: string, control: TemplateResult): TemplateResult {
  return html`<label id="label" part="label" for="input">${label}</label>${control}
    <div id="hint" part="hint">${hint}</div>`;
}
