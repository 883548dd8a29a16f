// Only marks the card of the visitor's system; everything is there without it.
(() => {
  const told = (navigator.userAgentData?.platform || navigator.platform || navigator.userAgent).toLowerCase();
  const system = /android|iphone|ipad/.test(navigator.userAgent.toLowerCase()) ? "" : told.includes("win") ? "windows" : told.includes("mac") ? "macos" : told.includes("linux") ? "linux" : "";
  document.getElementById(system)?.classList.add("yours");
})();
