// cr-sqlite in WebAssembly, beside itself: node crsqlite.mjs <node_modules> <rows and updates as JSON> → microseconds per row as JSON.
//
// The package's own door is for browsers (it opens IndexedDB), so its SQLite is loaded from behind, into memory.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, work] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${folder}/@vlcn.io/${path}`).href);
const { rows, updates, atOnce } = JSON.parse(readFileSync(work, "utf8"));

globalThis.self ??= globalThis;
globalThis.location ??= { href: "file:///" };
const { default: make } = await load("crsqlite-wasm/dist/crsqlite.mjs");
const { Factory } = await load("wa-sqlite/src/sqlite-api.js");
const wasmBinary = readFileSync(`${folder}/@vlcn.io/crsqlite-wasm/dist/crsqlite.wasm`);
const sqlite = Factory(await make({ wasmBinary, locateFile: (file) => file }));

// cr-sqlite asks for a default of every column that is NOT NULL.
const TABLE = `CREATE TABLE item (
  id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', price TEXT NOT NULL DEFAULT '',
  stock INTEGER NOT NULL DEFAULT 0, supplier TEXT, is_active INTEGER NOT NULL DEFAULT 0, changed_at TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID`;

/** Write all rows in transactions; statements are prepared once each. Returns microseconds per row. */
async function timed(db, values, statementOf) {
  const prepared = new Map();
  const open = [];
  for (const sql of new Set(values.map((value) => statementOf(value).sql))) {
    const statements = sqlite.statements(db, sql);
    prepared.set(sql, (await statements.next()).value);
    open.push(statements);
  }
  const start = performance.now();
  for (let first = 0; first < values.length; first += atOnce) {
    await sqlite.exec(db, "BEGIN");
    for (const value of values.slice(first, first + atOnce)) {
      const { sql, bind } = statementOf(value);
      const statement = prepared.get(sql);
      sqlite.bind_collection(statement, bind);
      await sqlite.step(statement);
      await sqlite.reset(statement);
    }
    await sqlite.exec(db, "COMMIT");
  }
  const taken = ((performance.now() - start) / values.length) * 1000;
  for (const statements of open) await statements.return();
  return taken;
}

async function both(isCaptured) {
  const db = await sqlite.open_v2(":memory:");
  await sqlite.exec(db, TABLE);
  if (isCaptured) await sqlite.exec(db, "SELECT crsql_as_crr('item')");
  const insert = await timed(db, rows, (row) => ({ sql: "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)", bind: row }));
  const update = await timed(db, updates, ([column, value, key]) => ({
    sql: `UPDATE item SET ${column} = ? WHERE id = ?`,
    bind: [value, key],
  }));
  await sqlite.exec(db, "SELECT crsql_finalize()");
  await sqlite.close(db);
  return { insert, update };
}

await both(false); // until the engine has compiled all of it
await both(true);
const [plain, captured] = [await both(false), await both(true)];
const figures = {
  insert_us: plain.insert,
  captured_insert_us: captured.insert,
  update_us: plain.update,
  captured_update_us: captured.update,
};
console.log(JSON.stringify(figures));
