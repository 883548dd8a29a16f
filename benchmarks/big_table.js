// Runs in the page: how long until the rows that belong where one has jumped to are there, and painted?
//
// `row` of the file has the number row + 1, and in the order of prices the price `row`; and a row says in `aria-rowindex` where it stands
// (the heads are 1). So whatever is shown can be checked, and a guess does not count.
window.bigTable = (() => {
  const table = () => document.querySelector("hf-table");
  const parts = (selector) => [...(table()?.shadowRoot?.querySelectorAll(selector) ?? [])];
  const scroller = () => parts("*").find((one) => one.scrollHeight > one.clientHeight + 1000 && /auto|scroll/.test(getComputedStyle(one).overflowY));
  const digits = (text) => Number(text.replace(/[^0-9]/g, "") || NaN);

  const isRight = (column, least) => {
    const box = table().getBoundingClientRect();
    const rows = parts('[role="row"][aria-rowindex]').filter((one) => {
      const at = one.getBoundingClientRect();
      return one.getAttribute("aria-rowindex") !== "1" && at.top > box.top && at.bottom < box.bottom && at.height > 0;
    });
    const shown = rows.map((one) => [Number(one.getAttribute("aria-rowindex")) - 2, [...one.querySelectorAll('[role="gridcell"]')][column]?.textContent ?? ""]);
    return shown.length > 10 && shown.every(([row, text]) => row >= least && digits(text) === row + (column === 0 ? 1 : 0));
  };

  // Milliseconds until that is so and painted; null after `patience`.
  const arrived = (began, column, least, patience) => new Promise((resolve) => {
    const look = () => requestAnimationFrame(() => {
      if (performance.now() - began > patience) return resolve(null);
      if (!isRight(column, least)) return look();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - began);
      channel.port2.postMessage(null);
    });
    look();
  });

  return {
    // Since the page was asked for.
    opened: (patience) => arrived(0, 0, 0, patience),
    jump(fraction, column, rows, patience) {
      const bar = scroller(), began = performance.now();
      bar.scrollTop = fraction * (bar.scrollHeight - bar.clientHeight);
      return arrived(began, column, Math.floor(fraction * rows * 0.98), patience);
    },
    // The middle of a column's head; `sorted` is to be called before it is clicked.
    head(name) {
      const box = parts('[role="columnheader"]').find((one) => one.textContent.trim().toLowerCase().startsWith(name)).getBoundingClientRect();
      return [box.x + box.width / 3, box.y + box.height / 2];
    },
    sorted(column, patience) {
      this.promise = new Promise((resolve) => addEventListener("pointerdown", (event) => resolve(arrived(event.timeStamp, column, 0, patience)), { once: true, capture: true }));
    },
  };
})();
