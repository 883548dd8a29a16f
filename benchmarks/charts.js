// Runs in the page, the same for every framework, before anything of it: how many painted frames showed another picture at the chart's
// right edge, where the newest points are, and how much came over the socket for it?
//
// A frame has changed if, in an animation frame after something was drawn on a canvas, the largest canvas has other pixels in its last
// 120 columns than before. It is painted when a task that was posted in that frame runs.
window.charts = (() => {
  let changed = 0, drawn = false, before = 0, received = 0;

  for (const name of ["stroke", "fill", "fillRect", "drawImage"]) {
    const { prototype } = CanvasRenderingContext2D;
    const original = prototype[name];
    prototype[name] = function (...args) {
      if (this.canvas.isConnected || this.canvas.getRootNode() !== this.canvas) drawn = true;
      return original.apply(this, args);
    };
  }

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => { received += data.length ?? data.byteLength ?? data.size; });
    }
  };

  const canvases = (root) => [...root.querySelectorAll("*")].flatMap((el) =>
    el.tagName === "CANVAS" ? [el] : el.shadowRoot ? canvases(el.shadowRoot) : []);
  const largest = () => canvases(document).sort((a, b) => b.width * b.height - a.width * a.height)[0];

  const print = (canvas) => {
    const width = Math.min(120, canvas.width);
    const { data } = canvas.getContext("2d").getImageData(canvas.width - width, 0, width, canvas.height);
    let hash = 0;
    for (const pixel of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + pixel) | 0;
    return hash;
  };

  const look = () => {
    requestAnimationFrame(look);
    if (!drawn) return;
    drawn = false;
    const canvas = largest();
    if (!canvas?.width || !canvas.height) return;
    const now = print(canvas);
    if (now === before) return;
    before = now;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { changed++; };
    channel.port2.postMessage(null);
  };
  requestAnimationFrame(look);

  return {
    // Begin anew to count.
    begin() { changed = received = 0; this.since = performance.now(); },
    // Changed frames and kilobytes, both a second, since then.
    rates() {
      const seconds = (performance.now() - this.since) / 1000;
      return { fps: changed / seconds, kb_per_s: received / 1024 / seconds };
    },
  };
})();
