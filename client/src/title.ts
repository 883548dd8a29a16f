/** The title of the window: what the page says, or the last `<hf-title>` that is drawn in it. */

let ofPage = document.title;

/** Another page is shown, and this is its title. */
export function setPageTitle(title: string): void {
  ofPage = title;
  show();
}

export function pageTitle(): string {
  return ofPage;
}

function show(): void {
  const drawn = [...document.querySelectorAll("hf-title")].at(-1) as Title | undefined;
  document.title = drawn?.words || ofPage;
}

class Title extends HTMLElement {
  private said = "";

  get words(): string {
    return this.said;
  }

  set words(words: string) {
    this.said = words;
    show();
  }

  connectedCallback(): void {
    show();
  }

  disconnectedCallback(): void {
    show();
  }
}

customElements.define("hf-title", Title);
