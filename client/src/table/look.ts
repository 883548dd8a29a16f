/** The look of a table, out of the theme's tokens alone. */

const SHEET = `
:host {
  display: flex; flex-direction: column; gap: var(--wa-space-2xs); position: relative; min-width: 0; min-height: 0; flex: var(--hf-flex, 0 1 auto);
  --row: calc(var(--wa-font-size-s) * 1.5 + var(--wa-space-xs) * 1.1);
  --pad: calc(var(--wa-space-s) * 0.8);
  --ground: var(--wa-color-surface-default);
  --over: color-mix(in oklab, var(--wa-color-neutral-fill-quiet) 60%, var(--ground));
  --chosen: color-mix(in oklab, var(--wa-color-brand-fill-quiet) 85%, var(--ground));
  --in: color-mix(in oklab, var(--wa-color-brand-fill-normal) 45%, transparent);
  --line: color-mix(in oklab, var(--wa-color-surface-border) 70%, transparent);
  --focus: var(--wa-color-brand-fill-loud);
  --lowered: color-mix(in oklab, var(--wa-color-surface-lowered) 55%, var(--ground));
  font-size: var(--wa-font-size-s); line-height: 1.5; text-align: left;
}
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
:is(button, input, select, textarea):focus-visible { outline: var(--wa-focus-ring); outline-offset: 1px; }

/* ── above ── */
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: var(--wa-space-2xs) var(--wa-space-xs); min-height: calc(var(--row) + 2px); }
.search { display: flex; align-items: center; gap: 0.4em; padding-inline: 0.6em; height: calc(var(--row) + 2px); width: 16em; color: var(--wa-color-text-quiet);
  border: 1px solid var(--wa-form-control-border-color); border-radius: var(--wa-border-radius-m); background: var(--wa-form-control-background-color); }
.search:focus-within { outline: var(--wa-focus-ring); outline-offset: 0; }
.search input { flex: 1; min-width: 0; border: 0; outline: 0; background: none; color: var(--wa-color-text-normal); font: inherit; }
.search input::placeholder { color: var(--wa-color-text-quiet); opacity: 1; }
.chips { display: flex; flex-wrap: wrap; gap: var(--wa-space-2xs); }
.chip { display: inline-flex; align-items: center; gap: 0.35em; padding: 0.1em 0.35em 0.1em 0.7em; border-radius: 99px;
  background: var(--wa-color-brand-fill-quiet); color: var(--wa-color-brand-on-quiet); max-width: 26em; }
.chip > :first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip wa-icon { font-size: 0.85em; }
.chip button:last-child { display: grid; padding: 0.2em; border-radius: 99px; }
.chip button:last-child:hover { background: var(--wa-color-brand-fill-normal); color: var(--wa-color-brand-on-normal); }
.space { flex: 1; }
.count { color: var(--wa-color-text-quiet); font-variant-numeric: tabular-nums; }
.plain { display: grid; place-content: center; width: var(--row); height: var(--row); border-radius: var(--wa-border-radius-s); color: var(--wa-color-text-quiet); }
.plain:hover { background: var(--over); color: var(--wa-color-text-normal); }
.note { display: flex; align-items: center; gap: 0.6em; padding: 0.3em 0.8em; border-radius: var(--wa-border-radius-m); margin-block-end: var(--wa-space-2xs);
  background: var(--wa-color-neutral-fill-quiet); color: var(--wa-color-neutral-on-quiet); }
.note.danger { background: var(--wa-color-danger-fill-quiet); color: var(--wa-color-danger-on-quiet); }
.note span { flex: 1; overflow-wrap: anywhere; }
.note button { font-weight: var(--wa-font-weight-semibold); text-decoration: underline; text-underline-offset: 0.2em; }
.turning { width: 1em; height: 1em; border: 2px solid; border-inline-end-color: transparent; border-radius: 50%; animation: turning 0.9s linear infinite; }
@keyframes turning { to { transform: rotate(1turn); } }

/* ── the grid: nothing in it scrolls by itself; the bars stand beside the rows ── */
.frame { position: relative; display: flex; flex-direction: column; flex: 1 1 auto; min-height: 0; border: 1px solid var(--wa-color-surface-border); border-radius: var(--wa-border-radius-s);
  background: var(--ground); /* no rounded clip: with one, WebKit paints everything anew for every word that changes (16 times slower) */ }
.grid { position: relative; flex: 1 1 var(--tall, 12rem); min-width: 0; min-height: calc(var(--row) * 3); overflow: clip; outline: 0; contain: strict; cursor: default;
  user-select: none; -webkit-user-select: none; font-variant-numeric: tabular-nums; touch-action: none; }
.bar-aside, .bar-down { position: absolute; z-index: 1; overscroll-behavior: contain; scrollbar-color: var(--wa-color-neutral-border-normal) transparent; }
.bar-down { right: 0; overflow: hidden scroll; } .bar-aside { left: 0; bottom: 0; overflow: scroll hidden; }
.head, .foot { position: absolute; left: 0; right: 0; z-index: 2; overflow: clip; contain: strict; background: var(--lowered); }
.head { top: 0; height: calc(var(--row) + 5px); border-bottom: 1px solid var(--wa-color-surface-border); }
.foot { height: var(--row); bottom: 0; border-top: 1px solid var(--wa-color-surface-border); font-weight: var(--wa-font-weight-semibold); }
.view { position: absolute; left: 0; overflow: clip; contain: strict; }
.rows { position: absolute; top: 0; left: 0; will-change: transform; }
.row { position: absolute; top: 0; left: 0; height: var(--high); contain: strict; background: var(--ground); border-bottom: 1px solid var(--line); }
.row:hover { background: var(--over); }
.row.chosen { background: var(--chosen); }
.row.group { background: var(--lowered); font-weight: var(--wa-font-weight-semibold); }

.cell { position: absolute; top: 0; height: 100%; padding-inline: var(--pad); line-height: calc(var(--high) - 1px); overflow: hidden; text-overflow: ellipsis; white-space: pre;
  unicode-bidi: plaintext; contain: strict; }
.cell.start, .heading.start { text-align: left; }
.cell.end { text-align: right; }
.cell.center { text-align: center; }
.pin { transform: translateX(var(--left)); z-index: 1; background: inherit; }
.heads .pin { background: var(--lowered); }
.cell.in { background-image: linear-gradient(var(--in), var(--in)); }
.cell.success { color: var(--wa-color-success-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.cell.danger { color: var(--wa-color-danger-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.cell.warning { color: var(--wa-color-warning-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.cell.primary { color: var(--wa-color-brand-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.cell.quiet { color: var(--wa-color-text-quiet); }
.cell.pending { font-style: italic; opacity: 0.65; }
.cell.refused { box-shadow: inset 0 0 0 1.5px var(--wa-color-danger-border-loud); color: var(--wa-color-danger-on-quiet); }
:is(.cell, .heading).at { box-shadow: inset 0 0 0 1px var(--wa-color-neutral-border-normal); }
.grid:focus :is(.cell, .heading).at, .frame.typing .cell.at { box-shadow: inset 0 0 0 2px var(--focus); }
.row.wait { background: var(--ground); }
.cell.wait:not(.own)::before { content: ""; display: inline-block; width: 62%; height: 0.65em; border-radius: 4px; background: var(--wa-color-neutral-fill-normal); opacity: 0.55; }

/* Lit up for a moment: see flash.ts. */
.up { background-color: var(--wa-color-success-fill-normal); }
.down { background-color: var(--wa-color-danger-fill-normal); }
.new { background-color: var(--wa-color-brand-fill-normal); }
.up.faint { background-color: var(--wa-color-success-fill-quiet); }
.down.faint { background-color: var(--wa-color-danger-fill-quiet); }
.new.faint { background-color: var(--wa-color-brand-fill-quiet); }

/* A word for who listens, a drawing for who looks. */
.box, .fold { text-indent: -99em; }
.cell.own { padding: 0; text-overflow: clip; }
.box::before { content: ""; position: absolute; left: calc(50% - 0.55em); top: calc(50% - 0.55em); width: 1.1em; height: 1.1em; border: 1.5px solid var(--wa-color-neutral-border-loud);
  border-radius: 3px; background: var(--wa-form-control-background-color); }
.box.start::before { left: var(--pad); }
.box.end::before { left: auto; right: var(--pad); }
.box:is(.on, .some)::before { border-color: var(--focus); background: var(--focus); }
.box:is(.on, .some)::after { content: ""; position: absolute; left: calc(50% - 0.17em); top: calc(50% - 0.36em); width: 0.34em; height: 0.6em; border: solid var(--wa-color-brand-on-loud);
  border-width: 0 2px 2px 0; transform: rotate(42deg); }
.box.some::after { left: calc(50% - 0.3em); top: calc(50% - 1px); width: 0.6em; height: 0; border-width: 0 0 2px; transform: none; }
.box.on.start::after { left: calc(var(--pad) + 0.38em); }
.box.on.end::after { left: auto; right: calc(var(--pad) + 0.38em); }
.fold::before, .group .cell.head::before { content: ""; position: absolute; left: calc(50% - 0.3em); top: calc(50% - 0.22em); width: 0.44em; height: 0.44em; border: solid var(--wa-color-text-quiet);
  border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); }
:is(.fold, .cell.head).open::before { transform: translateY(-0.12em) rotate(45deg); }
.cell.head { overflow: visible; contain: layout style; z-index: 1; text-align: left; padding-inline-start: calc(var(--pad) + 1.1em); cursor: pointer; }
.group .cell.head::before { left: var(--pad); }
.cell.head.level1 { text-indent: 1.2em; } .cell.head.level2 { text-indent: 2.4em; } .cell.head.level3 { text-indent: 3.6em; } .cell.head.level4 { text-indent: 4.8em; } .cell.head.level5 { text-indent: 6em; }
.group .cell.head.level1::before { left: calc(var(--pad) + 1.2em); } .group .cell.head.level2::before { left: calc(var(--pad) + 2.4em); }
.group .cell.head.level3::before { left: calc(var(--pad) + 3.6em); } .group .cell.head.level4::before { left: calc(var(--pad) + 4.8em); }
.cell.line { text-indent: -99em; padding-inline: 6px; }
.cell svg { position: absolute; inset: 15% 6px; width: calc(100% - 12px); height: 70%; overflow: visible; }
.cell path { fill: none; stroke: var(--wa-color-brand-60); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.cell.line.success path { stroke: var(--wa-color-success-60); } .cell.line.danger path { stroke: var(--wa-color-danger-60); }
.cell.bar { min-height: 0; display: block; z-index: 0; }
.cell i { position: absolute; z-index: -1; left: 4px; top: 18%; bottom: 18%; max-width: calc(100% - 8px); border-radius: 3px; background: var(--wa-color-brand-fill-normal); }
.cell i.less { background: var(--wa-color-danger-fill-normal); }

/* ── headings ── */
.heads { position: absolute; top: 0; left: 0; height: 100%; background: inherit; }
.heading { position: absolute; top: 0; height: 100%; display: flex; align-items: center; gap: 0.3em; padding-inline: var(--pad); color: var(--wa-color-text-quiet);
  font-weight: var(--wa-font-weight-semibold); white-space: nowrap; contain: strict; }
.heading:hover { color: var(--wa-color-text-normal); }
.heading[aria-sort]:not([aria-sort="none"]) { color: var(--wa-color-text-normal); }
.heading.end { flex-direction: row-reverse; }
.heading.center { justify-content: center; }
.heading .name { overflow: hidden; text-overflow: ellipsis; unicode-bidi: plaintext; }
.heading .sign { color: var(--wa-color-brand-on-quiet); font-weight: var(--wa-font-weight-bold); }
.heading .sign:empty { display: none; }
.heading.filtered .name::after { content: " •"; color: var(--focus); }
.heading .more { position: absolute; inset-block: 0; right: 5px; width: 1.4em; display: grid; place-content: center; opacity: 0; background: inherit; }
.heading.end .more { right: auto; left: 3px; }
.heading:is(:hover, .at) .more { opacity: 1; }
.heading.dragged { opacity: 0.5; }
.heading.box { padding: 0; text-indent: 0; }
.grip { position: absolute; inset-block: 0; right: 0; width: 9px; cursor: col-resize; touch-action: none; }
.grip::after { content: ""; position: absolute; right: 0; top: 22%; bottom: 22%; width: 1px; background: var(--wa-color-surface-border); }
.grip:hover::after { width: 3px; top: 0; bottom: 0; background: var(--focus); }
.mark { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: var(--focus); z-index: 3; }

/* ── over the rows ── */
.over { position: absolute; left: 0; overflow: clip; pointer-events: none; }
.over > * { pointer-events: auto; }
.details { position: absolute; top: 0; left: 0; overflow: auto; padding: var(--wa-space-s) var(--wa-space-m); background: var(--lowered); border-bottom: 1px solid var(--wa-color-surface-border); }
.editor { position: absolute; top: 0; left: 0; padding: 0 calc(var(--pad) - 2px); border: 2px solid var(--focus); border-radius: 2px; outline: 0 !important; background: var(--wa-form-control-background-color);
  color: var(--wa-color-text-normal); font: inherit; line-height: calc(var(--high) - 5px); box-shadow: var(--wa-shadow-m); font-variant-numeric: tabular-nums; }
textarea.editor { resize: none; white-space: pre; overflow: hidden; }
textarea.editor.tall { overflow: auto; line-height: 1.5; white-space: pre-wrap; }
.editor.end { text-align: right; }
.bubble { position: absolute; top: 0; left: 0; max-width: 24em; width: max-content; padding: 0.35em 0.7em; border-radius: var(--wa-border-radius-s); background: var(--wa-color-danger-fill-loud);
  color: var(--wa-color-danger-on-loud); box-shadow: var(--wa-shadow-m); z-index: 2; overflow-wrap: anywhere; }
.empty { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: var(--wa-space-xs); color: var(--wa-color-text-quiet); pointer-events: none; }
.empty button { pointer-events: auto; color: var(--wa-color-brand-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.probe { position: absolute; visibility: hidden; height: var(--row); width: 1px; pointer-events: none; }

/* ── what opens ── */
.popup { position: fixed; inset: auto; margin: 0; padding: var(--wa-space-2xs); border: 1px solid var(--wa-color-surface-border); border-radius: var(--wa-border-radius-m);
  background: var(--wa-color-surface-raised); color: var(--wa-color-text-normal); box-shadow: var(--wa-shadow-l); font-size: var(--wa-font-size-s); max-height: calc(100vh - 8px); overflow: auto; }
.menu { min-width: 13em; }
.menu button { display: flex; align-items: center; gap: 0.7em; width: 100%; padding: 0.35em 0.9em 0.35em 0.6em; border-radius: var(--wa-border-radius-s); text-align: start; }
.menu button:is(:hover, :focus) { background: var(--wa-color-neutral-fill-normal); color: var(--wa-color-neutral-on-normal); outline: 0; }
.menu [aria-checked=true] { color: var(--wa-color-brand-on-quiet); font-weight: var(--wa-font-weight-semibold); }
.menu [aria-checked=true] wa-icon { color: inherit; }
.menu button:disabled { opacity: 0.45; cursor: default; background: none; }
.menu button.danger { color: var(--wa-color-danger-on-quiet); }
.menu :is(wa-icon, .gap) { width: 1.15em; color: var(--wa-color-text-quiet); }
.menu [role=separator] { height: 1px; margin: var(--wa-space-2xs) 0.4em; background: var(--wa-color-surface-border); }
.filter { display: flex; flex-direction: column; gap: var(--wa-space-xs); padding: var(--wa-space-s); width: 17em; }
.filter .tests { display: flex; flex-direction: column; gap: var(--wa-space-2xs); }
.filter :is(select, .tests input) { font: inherit; padding: 0.35em 0.6em; border: 1px solid var(--wa-form-control-border-color); border-radius: var(--wa-border-radius-s);
  background: var(--wa-form-control-background-color); color: inherit; width: 100%; }
.boxes { display: flex; flex-direction: column; max-height: 14em; overflow: auto; }
.boxes:empty { display: none; }
.boxes label { display: flex; align-items: center; gap: 0.6em; padding: 0.2em; }
.boxes span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ends { display: flex; justify-content: end; gap: var(--wa-space-xs); }
.ends button { padding: 0.35em 0.9em; border-radius: var(--wa-border-radius-s); }
.ends button:hover { background: var(--wa-color-neutral-fill-normal); }
.ends .loud { background: var(--focus); color: var(--wa-color-brand-on-loud); }

@media (prefers-reduced-motion: reduce) {
  .turning { animation-duration: 6s; }
}
@media (forced-colors: active) {
  .row.chosen, .cell.in { background: SelectedItem; color: SelectedItemText; forced-color-adjust: none; }
  .row.chosen .cell, .cell.in { color: SelectedItemText; }
  :is(.cell, .heading).at { outline: 2px solid Highlight; outline-offset: -2px; }
  .box:is(.on, .some)::before { background: Highlight; forced-color-adjust: none; }
  .row.chosen :is(.fold, .cell.head)::before { border-color: SelectedItemText; }
  .cell path, .cell.line:is(.success, .danger) path { stroke: currentcolor; forced-color-adjust: none; }
  .cell i { background: none; border: 1px solid currentcolor; }
  .cell.refused { outline: 2px dashed; outline-offset: -2px; }
  .cell.wait:not(.own)::before, .grip::after { background: GrayText; forced-color-adjust: none; }
  .mark, .grip:hover::after { background: Highlight; forced-color-adjust: none; }
  .turning { border-color: CanvasText; border-inline-end-color: transparent; forced-color-adjust: none; }
  .chip, .bubble, .ends button { border: 1px solid; }
  .menu button:is(:hover, :focus), .ends .loud { background: SelectedItem; color: SelectedItemText; forced-color-adjust: none; }
  .menu button:is(:hover, :focus) wa-icon { color: inherit; }
  .menu button:disabled { color: GrayText; opacity: 1; }
  .menu [role=separator] { background: CanvasText; forced-color-adjust: none; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all tables. */
export function look(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
  }
  return sheet;
}
