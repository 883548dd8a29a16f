"""What is kept: suppliers, items, and every movement of an item in or out. Models and queries; no window here."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import mapped_column

from hipflask import Digits, Mapped, Merge, Store

db = Store()

Money = Annotated[Decimal, Digits(12, 2)]
Unit = Literal["pcs", "box", "m", "l", "kg"]


class Supplier(db.Model):
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = ""


class Item(db.Model, search=("name", "code")):
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    unit: Mapped[Unit] = "pcs"
    price: Mapped[Annotated[Money, Merge.server]] = Decimal(0)  # whoever did not know the office's loses
    low_at: Mapped[int] = 0  # fewer than this are too few
    supplier_code: Mapped[str | None] = mapped_column(ForeignKey("supplier.code"), index=True)


class Movement(db.Model):
    """So many came in or, below zero, went out."""

    item_code: Mapped[str] = mapped_column(ForeignKey("item.code", ondelete="CASCADE"))
    day: Mapped[date]
    quantity: Mapped[int]
    note: Mapped[str] = ""

    __table_args__ = (Index("ix_movement_stock", "item_code", "quantity"),)  # all that STOCK needs to read


# How many there are is kept nowhere: it is always the sum of what came and went.
STOCK = (
    db.select(func.coalesce(func.sum(Movement.quantity), 0))
    .where(Movement.item_code == Item.code)
    .scalar_subquery()
)
IS_LOW = Item.low_at > STOCK


def found(words="", only_low=False):
    """The query of the items that somebody looks for; of all, if they look for nothing."""
    query = (Item.search(words) if words.strip() else db.select(Item)).order_by(Item.name)
    return query.where(IS_LOW) if only_low else query


def counted(count):
    return "1 item" if count == 1 else f"{count:,} items"


def with_stock(query):
    """The same items, each beside how many there are."""
    return query.add_columns(STOCK)
