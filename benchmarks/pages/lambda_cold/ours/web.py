"""The shop's web alone, as Flask and Zappa have it."""

from hipflask import Hipflask

app = Hipflask(__name__)


@app.api("/orders/<int:number>")
def order(number: int, pieces: int) -> dict[str, int]:
    """One order."""
    return {"number": number, "pieces": pieces}
