// In the viewer: shows one chart of Altair's after the other. The next one is drawn out of sight, and then takes the place of the one before.

let before = null;

async function show(chart, place) {
  const next = document.createElement("div");
  next.style.cssText = "position: absolute; visibility: hidden; width: 100%;";
  place.append(next);
  try {
    const { view, finalize } = await vegaEmbed(next, chart, { actions: false, renderer: "svg" });
    await view.runAsync();
    before?.finalize();
    before?.remove();
    next.style.cssText = "width: 100%;";
    before = { finalize, remove: () => next.remove() };
  } catch (error) {
    next.remove();
    throw error;
  }
}
