// In the viewer: shows one figure of Plotly after the other, in the same place, zoomed as the person left it.

// No buttons that would send the figure elsewhere, or save it, which the sandbox does not let happen.
const CONFIG = {
  responsive: true,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["toImage"],
};

async function show({ data, layout = {}, frames = [] }, place) {
  const { width, height, ...free } = layout;
  const shown = { uirevision: "as the person left it", ...(width ? { ...layout, autosize: false } : { ...free, autosize: true }) };
  place.style.height = "100%";
  await Plotly.react(place, { data, layout: shown, frames, config: CONFIG });
}
