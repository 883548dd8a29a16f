/** <hf-rating>: Web Awesome's stars, with a label above and a hint below. */

import "@awesome.me/webawesome/dist/components/rating/rating.js";
import type WaRating from "@awesome.me/webawesome/dist/components/rating/rating.js";
import { css, html, LitElement } from "lit";
import { fieldLook, labelled } from "./field-look";

class Rating extends LitElement {
  static override styles = [
    fieldLook,
    css`
      wa-rating {
        --symbol-color: var(--wa-color-neutral-border-normal);
        --symbol-color-active: var(--wa-color-warning-60);
      }
    `,
  ];
  static override properties = {
    label: {}, hint: {}, value: { type: Number }, max: { type: Number }, precision: { type: Number }, disabled: { type: Boolean },
  };
  declare label: string;
  declare hint: string;
  declare value: number;
  declare max: number;
  declare precision: number;
  declare disabled: boolean;

  constructor() {
    super();
    this.label = this.hint = "";
    this.value = 0;
    this.max = 5;
    this.precision = 1;
    this.disabled = false;
  }

  override focus(options?: FocusOptions): void {
    this.stars?.focus(options);
  }

  override render(): unknown {
    return labelled(this.label, this.hint, html`<wa-rating .label=${this.label} .value=${this.value} .max=${this.max}
      .precision=${this.precision} .disabled=${this.disabled} @change=${this.changed}></wa-rating>`);
  }

  private get stars(): WaRating | null {
    return this.renderRoot.querySelector("wa-rating");
  }

  private changed(event: Event): void {
    event.stopPropagation(); // ours follows, once the value is where others look for it
    this.value = this.stars?.value ?? 0;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("hf-rating", Rating);
