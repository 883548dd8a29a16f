/** Which of the program's own windows this page is in: said in the first address, and kept for as long as the window is. */

const KEY = "hipflask-window";
const given = /^#hipflask-window=(\w+)$/.exec(location.hash)?.[1];

if (given !== undefined) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** Empty in a browser that was opened by somebody else. */
export const windowName = sessionStorage.getItem(KEY) ?? "";
