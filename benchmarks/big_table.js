// Runs in the page: how long until the rows that belong where one has jumped to are there, and painted?
//
// `row` of the file has the number row + 1, and in the order of prices the price `row`; and a row says in `aria-rowindex` where it stands
// (the heads are 1). So whatever is shown can be checked, and a guess does not count.
window.bigTable = (() => {
  const table = () => document.querySelector("hf-table");
  const parts = (selector) => [...(table()?.shadowRoot?.querySelectorAll(selector) ?? [])];
  const scroller = () => parts("*").find((one) => one.scrollHeight > one.clientHeight + 1000 && /auto|scroll/.test(getComputedStyle(one).overflowY));
  const digits = (text) => Number(text.replace(/[^0-9]/g, "") || NaN);

  // Whether each row in sight is the one that belongs there, or one from not further away than `near` rows.
  const isRight = (column, least, near) => {
    if (table() === null) return false;
    const box = table().getBoundingClientRect();
    const rows = parts('[role="row"][aria-rowindex]').filter((one) => {
      const at = one.getBoundingClientRect();
      return one.getAttribute("aria-rowindex") !== "1" && at.top > box.top && at.bottom < box.bottom && at.height > 0;
    });
    const shown = rows.map((one) => [Number(one.getAttribute("aria-rowindex")) - 2, [...one.querySelectorAll('[role="gridcell"]')][column]?.textContent ?? ""]);
    return shown.length > 10 && shown.every(([row, text]) => row >= least && Math.abs(digits(text) - row - (column === 0 ? 1 : 0)) <= near);
  };

  // Milliseconds until that is so and painted; null after `patience`.
  const arrived = (began, column, least, patience, near = 0) => new Promise((resolve) => {
    const look = () => requestAnimationFrame(() => {
      if (performance.now() - began > patience) return resolve(null);
      if (!isRight(column, least, near)) return look();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - began);
      channel.port2.postMessage(null);
    });
    look();
  });

  return {
    // Since the page was asked for.
    loaded: (patience) => arrived(0, 0, 0, patience),
    // Until rows that may be guessed are there, and until the right ones are.
    async jump(fraction, column, rows, patience, near) {
      const bar = scroller(), began = performance.now(), least = Math.floor(fraction * rows * 0.98);
      bar.scrollTop = fraction * (bar.scrollHeight - bar.clientHeight);
      return Promise.all([arrived(began, column, least, patience, near), arrived(began, column, least, patience)]);
    },
    // The middle of a column's head.
    head(name) {
      const box = parts('[role="columnheader"]').find((one) => one.textContent.trim().toLowerCase().startsWith(name)).getBoundingClientRect();
      return [box.x + box.width / 3, box.y + box.height / 2];
    },
    // From the press that comes next.
    pressed(column, patience) {
      this.promise = new Promise((resolve) => addEventListener("pointerdown", (event) => resolve(arrived(event.timeStamp, column, 0, patience)), { once: true, capture: true }));
    },
  };
})();
