/** A place to drop files on: the page learns their names, and the program their paths, from the window. */

class Drop extends HTMLElement {
  /** What was dropped last. */
  names: string[] = [];

  connectedCallback(): void {
    this.addEventListener("dragover", this.over);
    this.addEventListener("dragleave", this.leave);
    this.addEventListener("drop", this.dropped);
  }

  private readonly over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.toggleAttribute("over", true);
  };

  private readonly leave = (): void => {
    this.toggleAttribute("over", false);
  };

  private readonly dropped = (event: DragEvent): void => {
    this.leave();
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.names = files.map((file) => file.name);
    this.dispatchEvent(new CustomEvent("files"));
  };
}

customElements.define("hf-drop", Drop);

export {};
