/** A place to drop files on: the page learns their names, and the program their paths, from the window. */

import { accept, carriesFiles } from "./dragged";

class Drop extends HTMLElement {
  /** What was dropped last. */
  names: string[] = [];

  connectedCallback(): void {
    this.addEventListener("dragenter", this.over);
    this.addEventListener("dragover", this.over);
    this.addEventListener("dragleave", this.leave);
    this.addEventListener("drop", this.dropped);
  }

  private readonly over = (event: DragEvent): void => {
    if (accept(event)) this.toggleAttribute("over", true);
  };

  private readonly leave = (): void => {
    this.toggleAttribute("over", false);
  };

  private readonly dropped = (event: DragEvent): void => {
    this.leave();
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.names = [...(event.dataTransfer?.files ?? [])].map((file) => file.name);
    this.dispatchEvent(new CustomEvent("files"));
  };
}

customElements.define("hf-drop", Drop);
