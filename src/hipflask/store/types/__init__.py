"""Exact types: each Python type has one representation in SQLite and one in PostgreSQL."""
