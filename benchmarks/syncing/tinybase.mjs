// TinyBase's mergeable stores over a WebSocket server of its own: node tinybase.mjs <node_modules> <work as JSON> → figures as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const work = JSON.parse(readFileSync(file, "utf8"));
const { createMergeableStore } = await load("tinybase");
const { createWsServer } = await load("tinybase/synchronizers/synchronizer-ws-server");
const { createWsSynchronizer } = await load("tinybase/synchronizers/synchronizer-ws-client");
const { WebSocket, WebSocketServer } = require("ws");

const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await new Promise((resolve) => sockets.on("listening", resolve));
createWsServer(sockets);
const url = `ws://127.0.0.1:${sockets.address().port}/items`;

// The server only passes messages on, so one of the stores has to be there for the others.
const [origin, ann, bob] = ["origin", "ann", "bob"].map((name) => createMergeableStore(name));
origin.setTables({ item: Object.fromEntries(work.rows.map(({ _id, ...row }) => [_id, row])) });
await joined(origin);
const pulled = await timed(async () => {
  const link = await joined(ann);
  await until(() => ann.getRowCount("item") === work.rows.length);
  await link.destroy();
});
const other = await joined(bob);
await until(() => bob.getRowCount("item") === work.rows.length);
await other.destroy();
for (const [store, edits] of [[ann, work.edits[0]], [bob, work.edits[1]]]) {
  store.transaction(() => edits.forEach(([column, value, id]) => store.setCell("item", id, column, value)));
}
const merged = await timed(async () => {
  await Promise.all([joined(ann), joined(bob)]);
  await until(() => [ann, bob].every((store) => kept(store) === 1));
});
console.log(JSON.stringify({ rows_per_second: work.rows.length / (pulled / 1000), merge_ms: merged, edits_kept: kept(ann) }));
process.exit(0);

async function joined(store) {
  const link = await createWsSynchronizer(store, new WebSocket(url), 20);
  await link.startSync();
  return link;
}

function kept(store) {
  kept.edits ??= new Map(work.overlapping.map((id) => [id, work.edits.flatMap((edits) => edits.filter(([, , of]) => of === id))]));
  const whole = work.overlapping.filter((id) => kept.edits.get(id).every(([column, value]) => store.getCell("item", id, column) === value));
  return whole.length / work.overlapping.length;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function until(isSo) {
  for (const end = Date.now() + 60_000; !isSo(); await new Promise((resolve) => setTimeout(resolve, 2))) {
    if (Date.now() > end) throw new Error("TinyBase did not converge within a minute");
  }
}
