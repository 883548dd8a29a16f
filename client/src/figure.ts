/** <hf-figure>: shows a figure of Plotly's or Vega's in a viewer, a sandboxed page of its own (see ui/figures/viewers.py). */

const VIEWER = /^\/_hipflask\/figures\/[\w.-]+$/;

/** So long after it has loaded may a viewer take to say that it is ready, in milliseconds. */
const PATIENCE = 10_000;

const STYLE = `
  :host { position: relative; display: block; min-height: 4rem; }
  iframe { display: block; width: 100%; height: 100%; border: 0; opacity: 0; }
  iframe.shown { opacity: 1; }
  .wait { position: absolute; inset: 0; display: grid; place-items: center; color: var(--wa-color-text-quiet); }
  .wait::after { width: 1.5em; height: 1.5em; border: 2px solid currentColor; border-top-color: transparent; border-radius: 50%;
    animation: turn 1s linear infinite; content: ""; }
  @keyframes turn { to { rotate: 360deg; } }
  @media (prefers-reduced-motion: reduce) { .wait::after { animation-duration: 4s; } }
  [hidden] { display: none !important; }
  .failure { margin: 0; padding: var(--wa-space-s); color: var(--wa-color-danger-on-quiet); background: var(--wa-color-danger-fill-quiet);
    border-radius: var(--wa-border-radius-m); overflow-wrap: anywhere; }
`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

interface Said {
  ready?: boolean;
  shown?: number;
  height?: number;
  failure?: string;
}

export class Figure extends HTMLElement {
  private readonly frame = document.createElement("iframe");
  private readonly wait = document.createElement("div");
  private readonly failed = document.createElement("p");
  private page = "";
  private content = "";
  private words = "";
  private isReady = false;
  private underWay = false; // the viewer has been given a figure, and has not said yet that it is shown
  private given = 0; // how many figures the viewer was given
  private isNew = false; // there is one that it was not given
  private patience = 0;

  constructor() {
    super();
    // Before it is in a document, so that it never loads without it.
    this.frame.setAttribute("sandbox", "allow-scripts");
    this.frame.addEventListener("load", () => this.loaded());
    this.wait.className = "wait";
    this.failed.className = "failure";
    this.failed.setAttribute("role", "alert");
    this.failed.hidden = true;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.failed, this.frame, this.wait);
  }

  get viewer(): string {
    return this.page;
  }

  /** The address of the page that shows it; nothing but a viewer is ever loaded. */
  set viewer(address: string) {
    if (address === this.page || !VIEWER.test(address)) return;
    this.page = address;
    this.isReady = this.underWay = false;
    this.frame.src = address;
  }

  get figure(): string {
    return this.content;
  }

  set figure(figure: string) {
    this.content = figure;
    this.isNew = true;
    this.give();
  }

  get label(): string {
    return this.words;
  }

  set label(label: string) {
    this.words = this.frame.title = label;
  }

  connectedCallback(): void {
    for (const name of ["label", "figure", "viewer"] as const) {
      if (!Object.hasOwn(this, name)) continue; // set before this class was loaded
      const value = this[name];
      delete (this as Partial<Figure>)[name];
      this[name] = value;
    }
    window.addEventListener("message", this.heard);
  }

  disconnectedCallback(): void {
    window.removeEventListener("message", this.heard);
    window.clearTimeout(this.patience);
    this.isReady = this.underWay = false; // taken out of the document, a frame forgets its page
    this.isNew = true;
  }

  /** Hand the newest figure over, if the viewer can take one: those that came while it drew are left out. */
  private give(): void {
    if (!this.isReady || this.underWay || !this.isNew) return;
    this.underWay = true;
    this.isNew = false;
    this.given += 1;
    // Of no origin, as its policy has it, so that no other can be named.
    this.frame.contentWindow?.postMessage({ number: this.given, figure: this.content }, "*");
  }

  private readonly heard = ({ source, data }: MessageEvent): void => {
    if (source === null || source !== this.frame.contentWindow) return;
    const said = data?.viewer as Said | undefined;
    if (said?.ready === true) {
      window.clearTimeout(this.patience);
      this.isReady = this.isNew = true;
      this.underWay = false;
      this.give();
    } else if (said?.shown === this.given) {
      this.underWay = false;
      this.shown(said);
      this.give();
    }
  };

  private shown({ height, failure }: Said): void {
    this.wait.hidden = true;
    this.complain(failure === undefined ? "" : `This figure could not be drawn: ${String(failure).slice(0, 500)}`);
    if (failure !== undefined) return;
    this.frame.classList.add("shown");
    // As high as what is in it, where nobody has said how high that is to be.
    if (this.style.height === "" && typeof height === "number") this.frame.style.height = `${Math.min(height, 10_000)}px`;
  }

  private loaded(): void {
    if (this.page === "" || this.isReady) return;
    this.patience = window.setTimeout(() => {
      this.wait.hidden = true;
      this.complain("This figure could not be loaded.");
    }, PATIENCE);
  }

  private complain(sentence: string): void {
    this.failed.textContent = sentence;
    this.failed.hidden = sentence === "";
  }
}

customElements.define("hf-figure", Figure);
