// Runs in the page, the same for every framework: how long from a click until its answer is on the screen?
//
// A click's time is its event's own timestamp: when the browser took it in, before any script ran. It is answered
// when the label reads "<n + 1> clicks", and painted when, after that, an animation frame has come and a task
// posted in that frame runs (the frame's layout and paint lie between the two).
window.probe = (() => {
  const samples = [];
  let expected = 0, wanted = null, clicked = 0, wake = null;
  let awaited = null, pressed = 0;

  const painted = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  });

  const reads = (node, text) => (node.nodeType === Node.TEXT_NODE ? node.data : node.textContent) === text;
  const shows = (records, text) => text !== null && records.some((record) =>
    reads(record.target, text) || [...record.addedNodes].some((node) => reads(node, text)));

  new MutationObserver((records) => {
    if (awaited !== null && (awaited.check ? awaited.check() : shows(records, awaited.text))) {
      const { resolve } = awaited;
      awaited = null;
      painted(() => resolve([pressed, performance.now()]));
    }
    if (!shows(records, wanted)) return;
    wanted = null;
    const sample = { clicked, changed: performance.now() - clicked, painted: 0 };
    painted(() => {
      sample.painted = performance.now() - clicked;
      samples.push(sample);
      if (wake) wake();
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });

  addEventListener("click", (event) => {
    if (!event.composedPath().some((node) => node.dataset?.probed !== undefined)) {
      pressed = event.timeStamp;
      return;
    }
    clicked = event.timeStamp;
    wanted = `${++expected} clicks`;
  }, { capture: true });

  return {
    // The middle of the button of that name. The one called "Click" is the one whose clicks are samples.
    aim(name) {
      const buttons = [...document.querySelectorAll("button, wa-button")];
      const button = buttons.find((one) => one.textContent.trim() === name);
      if (name === "Click") button.dataset.probed = "";
      const box = button.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    },
    // All samples so far, as soon as there are `count`; null if that takes longer than `patience` milliseconds.
    take(count, patience) {
      return new Promise((resolve) => {
        const look = () => { if (samples.length >= count) { wake = null; resolve(samples.splice(0)); } };
        wake = look;
        setTimeout(() => resolve(null), patience);
        look();
      });
    },
    // From now on, look out for an element that reads `text`.
    await(text) {
      this.arrival = new Promise((resolve) => { awaited = { text, resolve }; });
    },
    // From now on, look out for `count` rows (elements that `selector` finds), of which some begin with these numbers.
    awaitRows(selector, count, numbers) {
      const check = () => {
        const rows = document.querySelectorAll(selector);
        const begins = ([place, number]) => Number.parseInt(rows[place].textContent) === number;
        return rows.length === count && Object.entries(numbers).every(begins);
      };
      this.arrival = new Promise((resolve) => { awaited = { check, resolve }; });
    },
    // When another button was pressed last, and when the awaited was painted; null if that takes too long.
    arrived(patience) {
      return Promise.race([this.arrival, new Promise((resolve) => setTimeout(() => resolve(null), patience))]);
    },
  };
})();
