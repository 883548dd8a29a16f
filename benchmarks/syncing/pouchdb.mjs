// PouchDB with pouchdb-server over HTTP: node pouchdb.mjs <node_modules> <work as JSON> <files | memory> → figures as JSON.
//
// With `files` both ends keep what they have where they do unless told otherwise, in LevelDB; all of it lies beside the work.
// The work: `rows` (documents), `edits` of two replicas as [column, value, id], and `overlapping`, the ids that both edit.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

const [folder, file, stores] = process.argv.slice(2);
const isInMemory = stores === "memory";
const load = createRequire(`${folder}/`);
const work = JSON.parse(readFileSync(file, "utf8"));
const PouchDB = load("pouchdb");
if (isInMemory) PouchDB.plugin(load("pouchdb-adapter-memory"));
const place = mkdtempSync(join(dirname(file), "pouchdb-"));

const port = await new Promise((found) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const options = [...(isInMemory ? ["-m"] : []), "-n", "-p", `${port}`, "-o", "127.0.0.1"];
const server = spawn(process.execPath, [load.resolve("pouchdb-server/bin/pouchdb-server"), ...options], {
  stdio: "ignore",
  cwd: place, // where it writes its settings, its log and its databases
});
const url = `http://127.0.0.1:${port}`;
const OPTIONS = { batch_size: 1000, batches_limit: 4 };

try {
  await upWithin(20_000);
  const remote = new PouchDB(`${url}/items`, { skip_setup: false });
  for (let first = 0; first < work.rows.length; first += 1000) {
    await remote.bulkDocs(work.rows.slice(first, first + 1000));
  }
  const [ann, bob] = ["ann", "bob"].map((name) => new PouchDB(join(place, name), isInMemory ? { adapter: "memory" } : {}));
  const pulled = await timed(() => ann.replicate.from(remote, OPTIONS));
  await bob.replicate.from(remote, OPTIONS);
  await edit(ann, work.edits[0]);
  await edit(bob, work.edits[1]);
  const merged = await timed(async () => {
    await ann.sync(remote, OPTIONS);
    await bob.sync(remote, OPTIONS);
    await ann.sync(remote, OPTIONS);
  });
  const { rows } = await ann.allDocs({ keys: work.overlapping, include_docs: true });
  const [first, second] = work.edits.map((edits) => new Map(edits.map(([column, value, id]) => [id, [column, value]])));
  const kept = rows.filter(({ doc }) => [first, second].every((each) => doc[each.get(doc._id)[0]] === each.get(doc._id)[1]));
  console.log(
    JSON.stringify({
      rows_per_second: work.rows.length / (pulled / 1000),
      merge_ms: merged,
      edits_kept: kept.length / work.overlapping.length,
    }),
  );
} finally {
  server.kill();
}
process.exit(0);

async function edit(db, edits) {
  const { rows } = await db.allDocs({ keys: edits.map(([, , id]) => id), include_docs: true });
  await db.bulkDocs(rows.map(({ doc }, place) => ({ ...doc, [edits[place][0]]: edits[place][1] })));
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function upWithin(ms) {
  for (const end = Date.now() + ms; ; ) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
