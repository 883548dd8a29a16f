/** How a chart looks around its canvas; of uPlot's own style sheet, what is used here. */

import { css } from "lit";

export const look = css`
  :host { display: flex; flex-direction: column; gap: var(--wa-space-2xs); min-width: 0; min-height: 8rem; position: relative;
    font-variant-numeric: tabular-nums; }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: var(--wa-space-2xs) var(--wa-space-m); min-height: 1.6em;
    font-size: var(--wa-font-size-s); color: var(--wa-color-text-quiet); }
  .title { font-weight: var(--wa-font-weight-semibold); font-size: var(--wa-font-size-m); color: var(--wa-color-text-normal); }
  .scale i { margin: 0; border-radius: 0; width: 1em; }
  .legend { display: flex; flex-wrap: wrap; gap: var(--wa-space-3xs) var(--wa-space-s); }
  button { font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: var(--wa-border-radius-s);
    padding: 0 0.35em; cursor: pointer; }
  button:hover { border-color: var(--wa-color-surface-border); }
  button:focus-visible, .area:focus-visible { outline: var(--wa-focus-ring); outline-offset: 1px; }
  .legend button[aria-pressed="false"] { text-decoration: line-through; opacity: 0.7; }
  .legend b { font-weight: var(--wa-font-weight-semibold); color: var(--wa-color-text-normal); margin-inline-start: 0.4em; }
  i { display: inline-block; width: 0.7em; height: 0.7em; margin-inline-end: 0.45em; border-radius: 2px; }
  .live { margin-inline-start: auto; border-color: var(--wa-color-surface-border); color: var(--wa-color-text-normal); }
  .live::before { content: ""; display: inline-block; width: 0.5em; height: 0.5em; margin-inline-end: 0.4em; border-radius: 50%;
    background: var(--wa-color-danger-fill-loud); }
  .live.still::before { display: none; }
  .area { position: relative; flex: 1 1 auto; min-height: 0; border-radius: var(--wa-border-radius-s); touch-action: pan-y; cursor: crosshair; }
  .canvas { position: absolute; inset: 0; overflow: hidden; }
  .canvas[hidden] { visibility: hidden; }
  .empty { position: absolute; inset: 0; display: grid; place-items: center; margin: 0; color: var(--wa-color-text-quiet);
    pointer-events: none; text-align: center; }
  .failed { color: var(--wa-color-danger-on-quiet); }
  .words, .probe { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .uplot, .uplot * { box-sizing: border-box; }
  .uplot { width: min-content; line-height: 1.5; font-family: inherit; }
  .u-wrap { position: relative; user-select: none; -webkit-user-select: none; }
  .u-over, .u-under { position: absolute; }
  .u-under { overflow: hidden; }
  .uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
  .u-axis { position: absolute; cursor: ew-resize; }
  .u-select { position: absolute; pointer-events: none; background: oklch(from var(--wa-color-brand-50) l c h / 0.18); }
  .u-cursor-x { position: absolute; left: 0; top: 0; height: 100%; pointer-events: none; border-right: 1px dashed var(--wa-color-text-quiet); }
  .u-cursor-y { display: none; }
  .u-cursor-pt { position: absolute; top: 0; left: 0; border-radius: 50%; border: 0 solid; pointer-events: none; background-clip: padding-box !important; }
  .u-axis.u-off, .u-select.u-off, .u-cursor-x.u-off, .u-cursor-pt.u-off { display: none; }
`;
