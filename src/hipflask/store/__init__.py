"""The store: models over one SQLite file, a log of what changes in it, and windows that follow."""
