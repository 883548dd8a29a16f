// cr-sqlite in WebAssembly, changes handed over as JSON without a network: node crsqlite.mjs <node_modules> <work as JSON> → figures as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${folder}/@vlcn.io/${path}`).href);
const work = JSON.parse(readFileSync(file, "utf8"));

globalThis.self ??= globalThis;
globalThis.location ??= { href: "file:///" };
const { default: make } = await load("crsqlite-wasm/dist/crsqlite.mjs");
const { Factory } = await load("wa-sqlite/src/sqlite-api.js");
const wasmBinary = readFileSync(`${folder}/@vlcn.io/crsqlite-wasm/dist/crsqlite.wasm`);
const sqlite = Factory(await make({ wasmBinary, locateFile: (file) => file }));
const names = Object.keys(work.rows[0]).filter((name) => name !== "_id");
const CHANGES = `SELECT "table", hex(pk), cid, val, col_version, db_version, hex(site_id), cl, seq FROM crsql_changes WHERE db_version > ?`;
const APPLY = `INSERT INTO crsql_changes ("table", pk, cid, val, col_version, db_version, site_id, cl, seq) VALUES (?, unhex(?), ?, ?, ?, ?, unhex(?), ?, ?)`;

const [hub, ann, bob] = [await opened(), await opened(), await opened()];
await inTransaction(hub, `INSERT INTO item VALUES (?${", ?".repeat(names.length)})`, work.rows.map((row) => [row._id, ...names.map((name) => row[name])]));
const pulled = await timed(async () => apply(ann, await changes(hub, 0)));
await apply(bob, await changes(hub, 0));
const before = [await version(hub), await version(ann), await version(bob)];
for (const [db, edits] of [[ann, work.edits[0]], [bob, work.edits[1]]]) {
  await sqlite.exec(db, "BEGIN");
  for (const [column, value, id] of edits) await select(db, `UPDATE item SET ${column} = ? WHERE id = ?`, [value, id]);
  await sqlite.exec(db, "COMMIT");
}
const merged = await timed(async () => {
  await apply(hub, await changes(ann, before[1]));
  await apply(hub, await changes(bob, before[2]));
  const all = await changes(hub, before[0]);
  await apply(ann, all);
  await apply(bob, all);
});
let kept = 0;
for (const id of work.overlapping) {
  const row = (await select(ann, `SELECT ${names.join(", ")} FROM item WHERE id = ?`, [id]))[0];
  const edits = work.edits.flatMap((each) => each.filter(([, , of]) => of === id));
  kept += edits.every(([column, value]) => row[names.indexOf(column)] === value);
}
console.log(
  JSON.stringify({ rows_per_second: work.rows.length / (pulled / 1000), merge_ms: merged, edits_kept: kept / work.overlapping.length }),
);

async function opened() {
  const db = await sqlite.open_v2(":memory:");
  const columns = names.map((name) => `${name} ${typeof work.rows[0][name] === "number" ? "INTEGER NOT NULL DEFAULT 0" : "TEXT NOT NULL DEFAULT ''"}`);
  await sqlite.exec(db, `CREATE TABLE item (id TEXT NOT NULL PRIMARY KEY, ${columns.join(", ")}) STRICT, WITHOUT ROWID`);
  await sqlite.exec(db, "SELECT crsql_as_crr('item')");
  // This build's SQLite has no unhex().
  sqlite.create_function(db, "unhex", 1, 1, 0, (context, values) => {
    sqlite.result_blob(context, Uint8Array.from(Buffer.from(sqlite.value_text(values[0]), "hex")));
  });
  return db;
}

/** What changed since, through JSON as it would travel. */
async function changes(db, since) {
  return JSON.parse(JSON.stringify(await select(db, CHANGES, [since])));
}

function apply(db, rows) {
  return inTransaction(db, APPLY, rows);
}

async function version(db) {
  return (await select(db, "SELECT crsql_db_version()", []))[0][0];
}

async function inTransaction(db, sql, rows) {
  const statements = sqlite.statements(db, sql);
  const statement = (await statements.next()).value;
  await sqlite.exec(db, "BEGIN");
  for (const row of rows) {
    sqlite.bind_collection(statement, row);
    await sqlite.step(statement);
    await sqlite.reset(statement);
  }
  await sqlite.exec(db, "COMMIT");
  await statements.return();
}

async function select(db, sql, bind) {
  const rows = [];
  for await (const statement of sqlite.statements(db, sql)) {
    sqlite.bind_collection(statement, bind);
    while ((await sqlite.step(statement)) === 100) rows.push(sqlite.row(statement));
  }
  return rows;
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
