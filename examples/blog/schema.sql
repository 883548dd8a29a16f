DROP TABLE IF EXISTS post;
DROP TABLE IF EXISTS author;

CREATE TABLE author (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL
);

CREATE TABLE post (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES author (id),
    written TEXT NOT NULL DEFAULT (datetime('now')),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    picture TEXT
);
