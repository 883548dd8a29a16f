"""What devices share with a hub on Lambda: items."""

from __future__ import annotations

import os

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__, instance_path=os.environ.get("SHOP_INSTANCE"))
db = Store(app)


class Item(db.Model):  # type: ignore[misc,name-defined]
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


@app.get("/")
def shop() -> str:
    """What people see."""
    return "the shop"
