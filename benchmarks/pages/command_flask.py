"""A command of Flask's own."""

import click
from flask import Flask

app = Flask("greeting")


@app.cli.command()
@click.argument("name")
def greet(name):
    """Greet somebody."""
    click.echo(f"Hello {name}.")
