"""An app with a store, which counts visits."""

from __future__ import annotations

import os

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__)
if (place := os.environ.get("LINEUP_STORE")) is not None:
    app.config["STORE"] = place
db = Store(app)


class Visit(db.Model):  # type: ignore[misc,name-defined]
    number: Mapped[int] = mapped_column(primary_key=True)


@app.api("/visits", methods=["POST"])
def visit(number: int) -> int:
    """Write into the store."""
    Visit.create(number=number)
    return len(db.all(Visit))


@app.get("/")
def where() -> dict[str, str]:
    """Where it keeps things."""
    return {"instance": app.instance_path}
