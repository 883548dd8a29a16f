/** <hf-combobox>: one of many, found by typing.
 *
 * `options` are [value, name] pairs. What is typed filters them by any part of their name; arrows move, Enter or a
 * click chooses, Escape and leaving put the chosen one's name back. The list is a popover, so nothing cuts it off.
 */

import { css, html, LitElement } from "lit";
import { live } from "lit/directives/live.js";
import { fieldLook, labelled } from "./field-look";

type Option = [value: string, name: string];

/** More than anybody reads; who wants another types another letter. */
const MOST_SHOWN = 100;

class Combobox extends LitElement {
  static override styles = [
    fieldLook,
    css`
      input {
        box-sizing: border-box;
        width: 100%;
        height: var(--wa-form-control-height);
        padding: 0 2.25em 0 var(--wa-form-control-padding-inline);
        border: var(--wa-form-control-border-width) var(--wa-form-control-border-style) var(--wa-form-control-border-color);
        border-radius: var(--wa-form-control-border-radius);
        background: var(--wa-form-control-background-color);
        color: var(--wa-form-control-value-color);
        font: inherit;
        font-weight: var(--wa-form-control-value-font-weight);
      }
      input::placeholder {
        color: var(--wa-form-control-placeholder-color);
      }
      input:focus-visible {
        outline: var(--wa-focus-ring);
        outline-offset: var(--wa-focus-ring-offset);
      }
      input:disabled {
        opacity: 0.5;
        cursor: not-allowed;
      }
      #control {
        position: relative;
      }
      wa-icon {
        position: absolute;
        inset-block: 0;
        inset-inline-end: var(--wa-form-control-padding-inline);
        margin-block: auto;
        color: var(--wa-color-neutral-on-quiet);
        pointer-events: none;
      }
      #list {
        position: fixed;
        inset: auto;
        box-sizing: border-box;
        margin: 0;
        padding: 0.5em 0;
        overflow: auto;
        border: var(--wa-border-style) var(--wa-border-width-s) var(--wa-color-surface-border);
        border-radius: var(--wa-border-radius-m);
        background: var(--wa-color-surface-raised);
        color: var(--wa-color-text-normal);
        box-shadow: var(--wa-shadow-m);
      }
      [role="option"] {
        padding: 0.5em 1em;
        line-height: var(--wa-line-height-condensed);
        cursor: pointer;
      }
      [role="option"].at {
        background: var(--wa-color-neutral-fill-normal);
        color: var(--wa-color-neutral-on-normal);
      }
      @media (forced-colors: active) {
        [role="option"].at {
          outline: 2px solid;
          outline-offset: -2px;
        }
      }
      [aria-selected="true"] {
        font-weight: var(--wa-font-weight-semibold);
      }
      #none {
        padding: 0.5em 1em;
        color: var(--wa-color-text-quiet);
      }
    `,
  ];
  static override properties = {
    label: {}, hint: {}, placeholder: {}, value: {}, options: { attribute: false }, disabled: { type: Boolean },
    noMatch: { attribute: false }, typed: { state: true }, at: { state: true },
  };
  declare label: string;
  declare hint: string;
  declare placeholder: string;
  declare value: string;
  declare options: Option[];
  declare disabled: boolean;
  declare noMatch: string;
  /** What is being typed; null while the list is closed. */
  declare typed: string | null;
  /** The option that Enter would choose. */
  declare at: number;

  constructor() {
    super();
    this.label = this.hint = this.placeholder = this.value = "";
    this.options = [];
    this.disabled = false;
    this.noMatch = "";
    this.typed = null;
    this.at = 0;
  }

  override focus(options?: FocusOptions): void {
    this.input.focus(options);
  }

  override render(): unknown {
    const found = this.found();
    const isOpen = this.typed !== null;
    return labelled(this.label, this.hint, html`<div id="control">
        <input id="input" part="input" role="combobox" type="text" autocomplete="off" spellcheck="false" aria-autocomplete="list"
          aria-controls="list" aria-describedby="hint" aria-expanded=${isOpen} placeholder=${this.placeholder}
          aria-activedescendant=${isOpen && found.length ? `option-${this.at}` : ""} ?disabled=${this.disabled}
          .value=${live(this.typed ?? this.chosenName)} @input=${this.filter} @keydown=${this.key} @click=${this.open}
          @change=${(event: Event) => event.stopPropagation()} @blur=${this.close} />
        <wa-icon library="system" name="chevron-down"></wa-icon>
      </div>
      <div id="list" role="listbox" aria-labelledby="label" popover="manual" @mousedown=${(event: Event) => event.preventDefault()}>
        ${found.map(([value, name], place) => html`<div role="option" id="option-${place}" aria-selected=${value === this.value}
          class=${place === this.at ? "at" : ""} @click=${() => this.choose(value)}>${name}</div>`)}
        ${found.length ? "" : html`<div id="none">${this.noMatch}</div>`}
      </div>`);
  }

  protected override updated(): void {
    const { list } = this;
    if (this.typed === null) return void (list.matches(":popover-open") && list.hidePopover());
    if (!list.matches(":popover-open")) list.showPopover();
    this.place();
    list.querySelector(".at")?.scrollIntoView({ block: "nearest" });
  }

  private get input(): HTMLInputElement {
    return this.renderRoot.querySelector("input") as HTMLInputElement;
  }

  private get list(): HTMLElement {
    return this.renderRoot.querySelector("#list") as HTMLElement;
  }

  private get chosenName(): string {
    return this.options.find(([value]) => value === this.value)?.[1] ?? "";
  }

  private found(): Option[] {
    const words = this.typed?.trim().toLocaleLowerCase() ?? "";
    const isTyped = words && this.typed !== this.chosenName;
    const found = isTyped ? this.options.filter(([, name]) => name.toLocaleLowerCase().includes(words)) : this.options;
    return found.slice(0, MOST_SHOWN);
  }

  /** Below the field, or above it where there is more room. */
  private place(): void {
    const { top, bottom, left, width } = this.input.getBoundingClientRect();
    const below = innerHeight - bottom;
    const isBelow = below > 200 || below > top;
    const style = this.list.style;
    style.left = `${left}px`;
    style.width = `${width}px`;
    style.maxHeight = `${Math.min((isBelow ? below : top) - 12, 320)}px`;
    style.top = isBelow ? `${bottom + 4}px` : "auto";
    style.bottom = isBelow ? "auto" : `${innerHeight - top + 4}px`;
  }

  private filter(event: Event): void {
    event.stopPropagation(); // only what is chosen concerns anybody else
    this.typed = this.input.value;
    this.at = 0;
  }

  private open(): void {
    if (this.typed !== null || this.disabled) return;
    this.typed = this.chosenName;
    this.at = Math.max(0, this.found().findIndex(([value]) => value === this.value));
    this.input.select();
    addEventListener("scroll", this.follow, { capture: true, passive: true });
    addEventListener("resize", this.follow);
  }

  private readonly follow = (event: Event) => {
    if (event.composedPath()[0] !== this.list) this.place();
  };

  private close(): void {
    this.typed = null;
    removeEventListener("scroll", this.follow, { capture: true });
    removeEventListener("resize", this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const isOpen = this.typed !== null;
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (move !== undefined) {
      if (isOpen) this.at = Math.min(Math.max(this.at + move, 0), Math.max(this.found().length - 1, 0));
      else this.open();
    } else if (event.key === "Enter" && isOpen) {
      const option = this.found()[this.at];
      if (option) this.choose(option[0]);
      this.selectAll();
    } else if (event.key === "Escape" && isOpen) {
      this.close();
      this.selectAll();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // this Escape closes the list, not the dialog around it
  }

  /** What is typed next takes the place of the name that stands there, as it does when one comes to the field. */
  private selectAll(): void {
    void this.updateComplete.then(() => this.input.select());
  }

  private choose(value: string): void {
    this.close();
    if (value === this.value) return;
    this.value = value;
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

customElements.define("hf-combobox", Combobox);
