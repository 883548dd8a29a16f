"""An app for the web, and for nothing else."""

from hipflask import Hipflask

app = Hipflask(__name__)


@app.api("/on/<base>")
def who_is_on(base: str) -> str:
    """Who plays at this base?"""
    return f"Who is on {base}."
