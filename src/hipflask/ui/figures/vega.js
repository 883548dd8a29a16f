// In the viewer: shows one chart of Altair's after the other. The next one is drawn out of sight, and then takes the place of the one before.

let before = null;

/** Loads nothing, and remembers what it was asked for: Vega itself would only draw a chart of nothing. */
class Refusing {
  refused = "";

  load(address) {
    this.refused = address;
    return Promise.reject(new Error("refused"));
  }

  /** Of pictures and links, the address to go to. */
  sanitize(address) {
    return address.startsWith("data:image/") ? Promise.resolve({ href: address }) : Promise.reject(new Error("refused"));
  }
}

async function show(chart, place) {
  const next = document.createElement("div");
  next.style.cssText = "position: absolute; visibility: hidden; width: 100%;";
  place.append(next);
  try {
    const loader = new Refusing();
    const { view, finalize } = await vegaEmbed(next, chart, { actions: false, renderer: "svg", loader, logLevel: 0 });
    await view.runAsync();
    if (loader.refused) throw new Error(`its data are at ${loader.refused}, and figures load nothing. Put the data itself into the chart.`);
    before?.finalize();
    before?.remove();
    next.style.cssText = "width: 100%;";
    before = { finalize, remove: () => next.remove() };
  } catch (error) {
    next.remove();
    throw error;
  }
}
