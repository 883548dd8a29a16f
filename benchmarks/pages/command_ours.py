"""A command: ours."""

from hipflask import Hipflask

app = Hipflask("greeting")


@app.command()
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello {name}."
