/** What is being dragged over a page. */

/** Whether it is files. WebKitGTK calls them a list of addresses, and tells a page neither their names nor what is in them. */
export function carriesFiles(event: DragEvent): boolean {
  const types = event.dataTransfer?.types ?? [];
  return types.includes("Files") || (types.includes("text/uri-list") && !types.includes("text/html"));
}
