"""An app whose items are shared: `hipflask --app benchmarks/syncing/stock.py hub`, and the devices of `device.py`."""

from sqlalchemy.orm import mapped_column

from hipflask import Hipflask, Mapped, Store

app = Hipflask(__name__)
db = Store(app)


class Item(db.Model):
    """Nine columns, as the peers have them."""

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str]
    price: Mapped[int]
    stock: Mapped[int]
    supplier: Mapped[str]
    active: Mapped[int]
    unit: Mapped[str]
    changed_at: Mapped[str]
