"""An app whose notes are shared, for hubs that run as processes of their own."""

from __future__ import annotations

import os

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__, instance_path=os.environ.get("NOTES_INSTANCE", os.path.abspath("instance")))
db = Store(app)


class Note(db.Model):  # type: ignore[misc,name-defined]
    id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
