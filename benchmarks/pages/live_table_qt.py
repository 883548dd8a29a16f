"""The same in Qt's own table, which draws nowhere (`offscreen`): what a native program costs, without a screen's share."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import os
import time

from live_table_market import COLUMNS, IN_SIGHT, Batch, Market, Pace
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QTableView

FRAME_MS = 16


class Prices(QAbstractTableModel):
    def __init__(self, market: Market) -> None:
        super().__init__()
        self._rows = market.rows
        self.is_changed = False

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][COLUMNS[index.column()]]
        return None

    def tell(self) -> None:
        if self.is_changed:
            self.is_changed = False
            self.dataChanged.emit(self.index(0, 0), self.index(IN_SIGHT - 1, len(COLUMNS) - 1))


class View(QTableView):
    frames, beats = 0, []

    def paintEvent(self, event: QPaintEvent) -> None:
        note = market.rows[0]["note"]
        super().paintEvent(event)
        self.frames += 1
        if note:
            self.beats.append([int(note.removeprefix("beat ")), time.time() * 1000])

    def taken(self) -> dict:
        taken = {"frames": self.frames, "all": self.frames, "beats": self.beats}
        self.frames, self.beats = 0, []
        return taken


def write(batch: Batch) -> None:
    model.is_changed = True


app = QApplication(["prices", "-platform", "offscreen"])
market = Market()
model, view = Prices(market), View()
view.setModel(model)
view.resize(1216, 840)
view.show()
timer = QTimer()
timer.timeout.connect(model.tell)
timer.start(FRAME_MS)
pace = Pace(market, write, view.taken)
pace.start()
pace.serve(int(os.environ["ORDERS"]))
app.exec()
