/** <hf-log>: scrolls to its end as lines come, unless somebody has scrolled up to read. */

/** So far from the end still counts as the end, in pixels. */
const NEAR = 24;

export class Log extends HTMLElement {
  private follows = true;
  private readonly grown = new MutationObserver(() => this.follow());
  private readonly resized = new ResizeObserver(() => this.follow());

  connectedCallback(): void {
    this.grown.observe(this, { childList: true, subtree: true });
    this.resized.observe(this);
    this.addEventListener("scroll", this.scrolled, { passive: true });
    this.follow();
  }

  disconnectedCallback(): void {
    this.grown.disconnect();
    this.resized.disconnect();
    this.removeEventListener("scroll", this.scrolled);
  }

  private readonly scrolled = (): void => {
    this.follows = this.scrollHeight - this.scrollTop - this.clientHeight < NEAR;
  };

  private follow(): void {
    if (this.follows) this.scrollTop = this.scrollHeight;
  }
}

customElements.define("hf-log", Log);
