"""An app whose items belong to branches: `hipflask --app benchmarks/syncing/branches.py hub`."""

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__)
db = Store(app)


class Member(db.Model):
    """Who works where."""

    user: Mapped[str] = mapped_column(primary_key=True)
    branch: Mapped[str]


branches = db.scope("branch", lambda user: sa.select(Member.branch).where(Member.user == user))


class Item(db.Model, scope=branches("branch")):
    """What a branch has."""

    id: Mapped[str] = mapped_column(primary_key=True)
    branch: Mapped[str]
    name: Mapped[str]
    price: Mapped[int]
