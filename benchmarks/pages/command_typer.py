"""A command of Typer's, without an app of the web behind it."""

import typer

app = typer.Typer()


@app.callback()
def main():
    """Greetings."""


@app.command()
def greet(name: str):
    """Greet somebody."""
    typer.echo(f"Hello {name}.")


app()
