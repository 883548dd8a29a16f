/** What is being dragged over a page, and what becomes of files that are dropped where nobody takes them: nothing. */

/** Whether it may be files. WebKitGTK calls them addresses, as it does links, and tells a page neither their names nor their content. */
export function carriesFiles(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  return types.includes("Files") || types.includes("text/uri-list");
}

/** Say that files may be dropped here. To be called on entering, too: WebKit asks no second time while the mouse rests. */
export function accept(event: DragEvent): boolean {
  if (!carriesFiles(event)) return false;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  return true;
}

/** A browser opens a file that nobody takes, and the program would be gone from its window. */
for (const name of ["dragenter", "dragover", "drop"] as const) {
  addEventListener(name, (event) => {
    const inField = event.target instanceof Element && event.target.closest("input, textarea, wa-input, wa-textarea");
    if (event.defaultPrevented || inField || !carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  });
}
