"""The hub's own tables, in a schema beside the app's: what has changed, when each value was written, and who is who.

| table | a row is |
|---|---|
| `state` | the one row: newest version, the hub's clock, the secret that seals are signed with. The sequencer alone writes it |
| `era` | a time in which one process was the sequencer, and its first version |
| `shape` | a shared table as it was captured last: its number, and each column's number |
| `outbox` | up to a thousand rows that one statement has changed in the same way; deleted by the sequencer. Its transaction commits when it likes |
| `marks` | when the values of one row were written, and by whom: `clock.Stamp`s. What was only inserted by others has none |
| `feed` | one row in one scope: when it last changed, or that it has gone |
| `delta` | what changed in one version in one scope, packed as `messages.Rows`; for a quarter of an hour |
| `replica` | a device: its user, tickets, the newest push, and what came of that |
| `settled` | the newest push of a replica that is in a version; the sequencer alone writes it |
| `document` | the state of one collaborative text |
| `token` | a sign-in, hashed |

A key is text: the value as SQLite keeps it; of several columns a JSON array of them as PostgreSQL writes it. Scopes are texts too: "" is everybody's, "team:5" that of
one value, and "@name" what is for one replica alone (`touch`). "traces" is nobody's: its delta has the traces of the others of its version.
"""

from __future__ import annotations

SCHEMA = "hipflask"
LAYOUT = 1
TRACES = "traces"  # no scope has such a name: others than "" have a colon or an @

STATEMENTS = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    # granted: the newest version in which a table changed that says who may have what. floor: graves up to there are forgotten; forgotten: deltas.
    f"""CREATE TABLE {SCHEMA}.state (
        id integer PRIMARY KEY CHECK (id = 1), layout integer NOT NULL, version bigint NOT NULL DEFAULT 0, clock bigint NOT NULL DEFAULT 0,
        granted bigint NOT NULL DEFAULT 0, floor bigint NOT NULL DEFAULT 0, forgotten bigint NOT NULL DEFAULT 0, secret bytea NOT NULL)""",
    f"CREATE TABLE {SCHEMA}.era (name text PRIMARY KEY, first bigint NOT NULL, begun timestamptz NOT NULL DEFAULT now())",
    f'CREATE TABLE {SCHEMA}.shape ("table" text PRIMARY KEY, number integer UNIQUE NOT NULL, columns jsonb NOT NULL)',  # {name: number}
    # kind: i, u, d (a row), r (a row that may have changed unseen), m (one whose scope may be another), t (all that the feed has of a table), s (a push is settled: its key is the number), c (the span of that push: its key is a traceparent), o (touch: once more, for `origin` alone)
    f"""CREATE TABLE {SCHEMA}.outbox (
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(), "table" integer NOT NULL, keys text[] NOT NULL,
        kind "char" NOT NULL, mask bigint NOT NULL, at bigint NOT NULL, origin text NOT NULL, rows integer NOT NULL DEFAULT 1)""",
    # Not compressed, which costs writers more than it saves. No index: it is empty most of the time.
    f"ALTER TABLE {SCHEMA}.outbox ALTER keys SET STORAGE EXTERNAL",
    # Half of a page is for the next marks of the rows on it: without room there, each would need a place in the index, too.
    f"""CREATE TABLE {SCHEMA}.marks (
        "table" integer NOT NULL, key text NOT NULL, born bigint, born_by text, gone bigint, gone_by text, columns jsonb NOT NULL,
        PRIMARY KEY ("table", key)) WITH (fillfactor = 50)""",
    f"""CREATE TABLE {SCHEMA}.feed (
        scope text COLLATE "C" NOT NULL, "table" integer NOT NULL, key text COLLATE "C" NOT NULL, version bigint NOT NULL,
        is_gone boolean NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY ("table", key, scope))""",
    f'CREATE INDEX ON {SCHEMA}.feed (scope, "table", version, key)',
    f"CREATE INDEX ON {SCHEMA}.feed (at) WHERE is_gone",
    f"""CREATE TABLE {SCHEMA}.delta (
        version bigint NOT NULL, scope text NOT NULL, rows integer NOT NULL, body bytea, at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (version, scope))""",  # no body: too much for one; the feed knows. The body of TRACES: {scope: [traceparent]}
    # tickets: the one that was shown last, then all that were given since
    f"""CREATE TABLE {SCHEMA}.replica (
        name text PRIMARY KEY, "user" text NOT NULL, tickets text[] NOT NULL, applied bigint NOT NULL DEFAULT 0,
        outcomes bytea, stamp bigint NOT NULL DEFAULT 0,
        had bigint NOT NULL DEFAULT 0, schema jsonb, seen timestamptz NOT NULL DEFAULT now())""",
    f"CREATE TABLE {SCHEMA}.settled (replica text PRIMARY KEY, number bigint NOT NULL, version bigint NOT NULL)",
    f"CREATE INDEX ON {SCHEMA}.settled (version)",
    f"""CREATE TABLE {SCHEMA}.document (
        "table" integer NOT NULL, key text NOT NULL, "column" text NOT NULL, state bytea NOT NULL, PRIMARY KEY ("table", key, "column"))""",
    f"""CREATE TABLE {SCHEMA}.token (
        id text PRIMARY KEY, hash bytea UNIQUE NOT NULL, "user" text NOT NULL, device text NOT NULL DEFAULT '',
        issued timestamptz NOT NULL DEFAULT now(), expires timestamptz, revoked timestamptz, used timestamptz)""",
    f"INSERT INTO {SCHEMA}.state (id, layout, secret) "
    f"VALUES (1, {LAYOUT}, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'))",
)

# The sequencer's lock, and the setting in which a transaction says whose push it is.
LOCK = 0x48_46_53_51
ORIGIN = "hipflask.origin"
# Where all processes hear that there is a new version.
CHANNEL = "hipflask"
