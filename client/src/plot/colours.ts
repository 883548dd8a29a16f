/** The theme's colours as a canvas takes them: tokens resolved, in the scheme of the moment. */

/** As in chart.ts: the theme's own colour first, then others that are far from it and from each other. */
const COLOURS = [[0.58, 0], [0.64, 150], [0.5, 60], [0.62, 240], [0.55, 300], [0.66, 110], [0.47, 200], [0.6, 30]] as const;
const TONES: Record<string, string> = { normal: "neutral", primary: "brand", success: "success", warning: "warning", danger: "danger" };
const SHADES = 24;

export interface Colours {
  text: string;
  grid: string;
  surface: string;
  up: string;
  down: string;
  font: string;
  series: string[];
  fills: string[];
  /** From few to many. */
  heat: string[];
}

/** What the tokens are at `host`, read through `probe`, an element inside it. */
export function coloursAt(probe: HTMLElement, series: { color: string | null }[]): Colours {
  const style = getComputedStyle(probe);
  const resolved = (value: string): string => {
    probe.style.color = "";
    probe.style.color = value;
    return style.color;
  };
  const wanted = series.map(({ color }, place) => (color === null ? own(place) : (TONES[color] ? `var(--wa-color-${TONES[color]}-fill-loud)` : color)));
  const names = wanted.length ? wanted : [own(0)];
  const surface = resolved("var(--wa-color-surface-default)");
  const found = {
    text: resolved("var(--wa-color-text-quiet)"),
    grid: resolved("var(--wa-color-surface-border)"),
    surface,
    up: resolved("var(--wa-color-success-fill-loud)"),
    down: resolved("var(--wa-color-danger-fill-loud)"),
    font: style.fontFamily,
    series: names.map(resolved),
    fills: names.map((colour) => resolved(`color-mix(in oklab, ${colour} 22%, transparent)`)),
    heat: Array.from({ length: SHADES }, (_, nth) => resolved(`color-mix(in oklch, ${own(0)} ${8 + (92 * nth) / (SHADES - 1)}%, var(--wa-color-surface-default))`)),
  };
  probe.style.color = "";
  return found;
}

function own(place: number): string {
  const [light, turned] = COLOURS[place % COLOURS.length]!;
  return `oklch(from var(--wa-color-brand-50) ${light} max(c, 0.11) calc(h + ${turned}))`;
}

/** Call `changed` when the theme or the scheme becomes another; returns what stops that. */
export function watchColours(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style"] });
  return () => observer.disconnect();
}
