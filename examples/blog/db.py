"""The database: one connection for each request, and a command that begins anew."""

import sqlite3

import click
from flask import current_app, g
from flask.cli import with_appcontext


def get_db():
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"], detect_types=sqlite3.PARSE_DECLTYPES)
        g.db.row_factory = sqlite3.Row
        g.db.execute("PRAGMA foreign_keys = ON")
        if not g.db.execute("SELECT name FROM sqlite_master").fetchone():
            make_tables(g.db)
    return g.db


def close_db(error=None):
    if "db" in g:
        g.pop("db").close()


def make_tables(db):
    with current_app.open_resource("schema.sql", "r") as file:
        db.executescript(file.read())


@click.command("init-db")
@with_appcontext
def init_db():
    """Make the tables, and lose everything that is in them."""
    make_tables(get_db())
    click.echo("The blog is empty now.")


def init_app(app):
    app.teardown_appcontext(close_db)
    app.cli.add_command(init_db)
