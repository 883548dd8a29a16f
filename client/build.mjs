// Bundle the client into src/hipflask/ui/static: client-HASH.js, client-HASH.css, icons.json, licenses.txt, manifest.json,
// and as further *-HASH.js what is loaded when a page first needs it, with what it shares with client-HASH.js.
// `node build.mjs [folder]` writes to another folder.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../src/hipflask/ui/static");

// Web Awesome's icon libraries (an address outside, and another icon set) and its eleven-hue palette stay out:
// src/icons.ts and src/palette.css take their place.
const replacements = {
  name: "replacements",
  setup(build) {
    build.onLoad({ filter: /webawesome\/dist\/chunks\/.*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (source.includes("// src/components/icon/library.default.ts")) return { contents: emptyDefaultLibrary };
      if (source.includes("// src/components/icon/library.system.ts")) return { contents: emptySystemLibrary };
      return { contents: source };
    });
    build.onResolve({ filter: /color\/palettes\/default\.css$/ }, () => ({ path: join(here, "src/palette.css") }));
  },
};
const emptyDefaultLibrary = `
  export const getIconFolder = () => "";
  export const library_default_default = { name: "default", resolver: () => "" };
`;
const emptySystemLibrary = `
  export const icons = {};
  export const library_system_default = { name: "system", resolver: () => "" };
`;

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { client: "src/main.ts" },
    outdir: target,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    target: ["es2022", "safari16.4", "chrome111"],
    alias: { "lit/directives/style-map.js": "./src/style-map.ts" },
    loader: { ".svg": "text" },
    plugins: [replacements],
    legalComments: "none", // licenses.txt has all of them
    metafile: true,
    logLevel: "warning",
  });
  const { inputs, outputs } = result.metafile;
  const [js, made] = Object.entries(outputs).find(([, output]) => output.entryPoint === "src/main.ts");
  await write("licenses.txt", await licenses(Object.keys(inputs)));
  const chunks = [...importedBy(js, outputs)].map((path) => basename(path));
  await write("manifest.json", JSON.stringify({ js: basename(js), css: basename(made.cssBundle), chunks }));
  return Object.keys(outputs).map((path) => basename(path));
}

/** What a file needs before it can run: the page names all of it, so that a browser need not find it out step by step. */
function importedBy(path, outputs, found = new Set()) {
  for (const each of outputs[path].imports) {
    if (each.kind !== "import-statement" || found.has(each.path)) continue;
    found.add(each.path);
    importedBy(each.path, outputs, found);
  }
  return found;
}

async function write(name, text) {
  await writeFile(join(target, name), text);
}

/** Take away what an earlier build left, now that nothing names it any more. */
async function clean(names) {
  const current = new Set([...names, "icons.json", "licenses.txt", "manifest.json"]);
  const old = (await readdir(target)).filter((name) => !current.has(name));
  await Promise.all(old.map((name) => rm(join(target, name))));
}

/** The license of every package that something in the bundle comes from. */
async function licenses(inputs) {
  const packages = new Set(inputs.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map(async (name) => {
    const folder = join(here, "node_modules", name);
    const file = (await readdir(folder)).find((entry) => /^licen[sc]e/i.test(entry));
    if (!file) throw new Error(`${name} brings no license text: add it by hand`);
    return `${name}\n${"─".repeat(name.length)}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
  });
  return (await Promise.all(texts)).join("\n\n");
}

/** All of Lucide's icons: what is inside the <svg>, by name. */
async function icons() {
  const folder = join(here, "node_modules/lucide-static/icons");
  const found = {};
  for (const file of (await readdir(folder)).sort()) {
    const svg = await readFile(join(folder, file), "utf8");
    found[basename(file, ".svg")] = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\n\s*/g, "");
  }
  await write("icons.json", JSON.stringify(found));
}

await mkdir(target, { recursive: true });
await icons();
await clean(await bundle());
