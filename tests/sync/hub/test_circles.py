"""Tables that refer to each other, each row needing the other: only a database that looks at the end of all can take them."""

from __future__ import annotations

import uuid

import pytest
from databases import new_database
from pushers import delete, insert, key, shop_in, update
from sqlalchemy import ForeignKey
from sqlalchemy.orm import mapped_column

from hipflask import Mapped, Store
from hipflask.sync.hub.database import Database

db = Store()


class Office(db.Model):
    head_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", use_alter=True, name="fk_office_head"))


class Person(db.Model):
    office_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("office.id"))


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
def test_rows_that_need_each_other(server: str) -> None:
    """They come together, change places and go together; one alone is refused."""
    with new_database(server) as url, Database(url) as database:
        shop = shop_in(database, db)
        ann = shop.device()
        office, head, other, next_head = (key() for _ in range(4))
        assert (
            ann.push(insert("office", office, head_id=head), insert("person", head, office_id=office)) == []
        )
        (outcome,) = ann.push(insert("office", other, head_id=next_head))
        assert outcome.code == "reference"
        assert (
            ann.push(insert("office", other, head_id=next_head), insert("person", next_head, office_id=other))
            == []
        )
        assert (
            ann.push(update("office", other, head_id=head), update("office", office, head_id=next_head)) == []
        )
        assert (
            ann.push(
                *[delete("office", each) for each in (office, other)],
                *[delete("person", each) for each in (head, next_head)],
            )
            == []
        )
        assert shop.sql("SELECT 1 FROM office") == shop.sql("SELECT 1 FROM person") == []
        shop_in(database, db)  # as a hub that is started once more
