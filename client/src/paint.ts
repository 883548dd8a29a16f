/** The longest that we wait for a paint: a page that is hidden or not mapped yet gets no animation frames. */
const LONGEST = 100;

/** Call `done` once, when what is in the document now has been painted. */
export function afterPaint(done: () => void): void {
  let over = false;
  const once = () => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done();
  };
  const timer = setTimeout(once, LONGEST);
  // The animation frame comes just before the paint, a message-channel task just after it.
  const channel = new MessageChannel();
  channel.port1.onmessage = once;
  requestAnimationFrame(() => channel.port2.postMessage(null));
}
