// PouchDB with pouchdb-server, both in memory, over HTTP: node pouchdb.mjs <node_modules> <work as JSON> → figures as JSON.
//
// The work: `rows` (documents), `edits` of two replicas as [column, value, id], and `overlapping`, the ids that both edit.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const [folder, file] = process.argv.slice(2);
const load = createRequire(`${folder}/`);
const work = JSON.parse(readFileSync(file, "utf8"));
const PouchDB = load("pouchdb");
PouchDB.plugin(load("pouchdb-adapter-memory"));

const port = await new Promise((found) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const server = spawn(process.execPath, [load.resolve("pouchdb-server/bin/pouchdb-server"), "-m", "-n", "-p", `${port}`, "-o", "127.0.0.1"], {
  stdio: "ignore",
});
const url = `http://127.0.0.1:${port}`;
const OPTIONS = { batch_size: 1000, batches_limit: 4 };

try {
  await upWithin(20_000);
  const remote = new PouchDB(`${url}/items`, { skip_setup: false });
  for (let first = 0; first < work.rows.length; first += 1000) {
    await remote.bulkDocs(work.rows.slice(first, first + 1000));
  }
  const [ann, bob] = ["ann", "bob"].map((name) => new PouchDB(name, { adapter: "memory" }));
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
