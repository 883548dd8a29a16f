// Runs in the page, the same for every framework: how many painted frames changed a cell in sight, and how old was what they showed?
//
// A cell has changed when a text in the document, or in any open shadow root, reads otherwise than before and is in sight; or,
// for tables that are drawn on a canvas, when another text is drawn where one was. The frame is painted when, after an animation
// frame, the task that was posted in it runs (layout and paint lie between the two). "beat 17" says which batch a cell is from.
window.liveTable = (() => {
  let frames = 0, all = 0, changed = [], newest = null, beats = [];
  let drawn = false;

  const reads = (text) => {
    const found = /beat (\d+)/.exec(text);
    if (found) newest = Number(found[1]);
  };

  const isInSight = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    if (!element?.isConnected) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  };

  const note = (node, text) => {
    if (changed.length < 50) changed.push(node);
    reads(text);
  };

  const look = (records) => {
    for (const record of records) {
      if (record.type === "characterData") {
        if (record.target.data !== record.oldValue) note(record.target, record.target.data);
        continue;
      }
      const before = [...record.removedNodes].map((node) => node.textContent).join("");
      const now = [...record.addedNodes].map((node) => node.textContent).join("");
      if (record.addedNodes.length > 0 && now !== before) note(record.target, now);
    }
  };

  const observer = new MutationObserver(look);
  const watch = (root) => observer.observe(root, { subtree: true, childList: true, characterData: true, characterDataOldValue: true });
  watch(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };

  const texts = new Map();
  for (const Context of [CanvasRenderingContext2D, globalThis.OffscreenCanvasRenderingContext2D]) {
    if (!Context) continue;
    const fillText = Context.prototype.fillText;
    Context.prototype.fillText = function (text, x, y, ...more) {
      // Where on the canvas: tables move their origin rather than say where each text is.
      const at = this.getTransform();
      const place = `${Math.round(at.e + x * at.a)},${Math.round(at.f + y * at.d)}`;
      if (texts.get(place) !== text) {
        texts.set(place, text);
        drawn = true;
        reads(text);
      }
      return fillText.call(this, text, x, y, ...more);
    };
  }

  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    all += 1;
    look(observer.takeRecords());
    if (!drawn && !changed.some(isInSight)) {
      changed = [];
      return;
    }
    frames += 1;
    changed = [];
    drawn = false;
    if (newest !== null) beats.push([newest, performance.timeOrigin + performance.now()]);
    newest = null;
  };
  const each = () => {
    channel.port2.postMessage(null);
    requestAnimationFrame(each);
  };
  requestAnimationFrame(each);

  return {
    // What was painted since the last time this was asked: frames that changed a cell in sight, all frames, beats and when.
    take() {
      const taken = { frames, all, beats, now: performance.timeOrigin + performance.now() };
      frames = all = 0;
      beats = [];
      return taken;
    },
  };
})();
