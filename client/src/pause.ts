/** Wait, but no longer than until the network is back or somebody looks at the page again. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const done = () => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done, { signal: over.signal });
    const seen = () => document.visibilityState === "visible" && done();
    document.addEventListener("visibilitychange", seen, { signal: over.signal });
  });
}
