/** <hf-upload>: a place to drop files on or choose them with. Each file is sent by itself, one after the other.
 *
 * Where to is asked of the page with an `hf-address` event, whose `detail.address` it fills in.
 */

import { accept, carriesFiles } from "./dragged";
import { css, html, LitElement, nothing } from "lit";

class Upload extends LitElement {
  static override properties = {
    label: {}, hint: {}, accept: {}, multiple: { type: Boolean }, most: { type: Number }, disabled: { type: Boolean, reflect: true },
    name: { state: true }, share: { state: true }, wrong: { state: true }, over: { state: true },
  };
  declare label: string;
  declare hint: string;
  declare accept: string;
  declare multiple: boolean;
  declare most: number;
  declare disabled: boolean;
  /** The file under way, how much of it has gone, and what was said about the last that was turned down. */
  declare name: string | null;
  declare share: number;
  declare wrong: string;
  declare over: boolean;
  private queue: File[] = [];

  static override styles = css`
    :host { display: block; min-width: 0; }
    label {
      display: grid;
      justify-items: center;
      gap: var(--wa-space-2xs);
      padding: var(--wa-space-l);
      border: var(--wa-border-width-m) dashed var(--wa-form-control-border-color);
      border-radius: var(--wa-border-radius-l);
      background: var(--wa-form-control-background-color);
      text-align: center;
      cursor: pointer;
    }
    label:hover, label.over { border-color: var(--wa-color-brand-border-loud); background: var(--wa-color-brand-fill-quiet); }
    label:focus-within { outline: var(--wa-focus-ring); outline-offset: var(--wa-focus-ring-offset); }
    :host([disabled]) label { opacity: 0.5; cursor: not-allowed; }
    input { position: absolute; width: 1px; height: 1px; opacity: 0; }
    wa-icon { color: var(--wa-color-text-quiet); font-size: var(--wa-font-size-l); }
    .hint { color: var(--wa-color-text-quiet); font-size: var(--wa-font-size-s); }
    .wrong { color: var(--wa-color-danger-on-quiet); font-size: var(--wa-font-size-s); }
    :is(.hint, .wrong):empty { display: none; }
    progress { width: min(100%, 20rem); height: 0.5rem; accent-color: var(--wa-color-brand-fill-loud); }
  `;

  constructor() {
    super();
    this.label = this.hint = this.accept = this.wrong = "";
    this.multiple = this.disabled = this.over = false;
    this.most = Number.POSITIVE_INFINITY;
    this.name = null;
    this.share = 0;
  }

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector("input")?.focus(options);
  }

  override render(): unknown {
    return html`<label class=${this.over ? "over" : ""} @dragenter=${this.drag} @dragover=${this.drag} @dragleave=${this.leave} @drop=${this.drop}>
      <input type="file" aria-describedby="hint wrong" .accept=${this.accept} .multiple=${this.multiple}
        .disabled=${this.disabled} @change=${this.chosen}>
      <wa-icon name="upload"></wa-icon>
      <span>${this.label}</span>
      <span id="hint" class="hint">${this.hint}</span>
      ${this.name === null ? nothing : html`<progress aria-label=${this.name} .value=${this.share}></progress>
        <span class="hint">${this.name}</span>`}
      <span id="wrong" class="wrong" role="alert">${this.wrong}</span>
    </label>`;
  }

  private drag(event: DragEvent): void {
    if (!this.disabled && accept(event)) this.over = true;
  }

  private leave(): void {
    this.over = false;
  }

  private drop(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    if (this.disabled || !carriesFiles(event)) return;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) this.take(files);
    else this.dispatchEvent(new CustomEvent("dropped")); // the window knows which they are, and the program can read them
  }

  private chosen(event: Event): void {
    event.stopPropagation();
    const input = event.target as HTMLInputElement;
    this.take([...(input.files ?? [])]);
    input.value = ""; // the same file may be chosen again
  }

  private take(files: File[]): void {
    this.wrong = "";
    this.queue.push(...(this.multiple ? files : files.slice(0, 1)));
    if (this.name === null) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    for (let file = this.queue.shift(); file; file = this.queue.shift()) {
      this.name = file.name;
      this.share = 0;
      const wrong = file.size > this.most ? `${file.name} is larger than ${this.most / 1e6} MB.` : await this.send(file);
      if (wrong) this.wrong = wrong;
    }
    this.name = null;
  }

  /** Send one file; returns what is wrong with it, or nothing. */
  private send(file: File): Promise<string> {
    const where = { address: "" };
    this.dispatchEvent(new CustomEvent("hf-address", { bubbles: true, detail: where }));
    // Not fetch(), which does not say how much has gone.
    const request = new XMLHttpRequest();
    request.open("POST", `${where.address}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => (this.share = event.loaded / Math.max(event.total, 1));
    return new Promise((done) => {
      request.onload = () => done(request.status === 200 ? "" : request.responseText || `${file.name} was turned down.`);
      request.onerror = () => done(`${file.name} could not be sent: the connection was lost.`);
      request.send(file);
    });
  }
}

customElements.define("hf-upload", Upload);
