"""The rows as NiceGUI's documentation would have them: elements are kept, and created, moved and deleted by handlers."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import sys

from nicegui import ui


@ui.page("/")
def lineup() -> None:
    def create() -> None:
        clear()
        add(1)

    def add(first: int) -> None:
        with shown:
            seats.extend(seat(i) for i in range(first, first + 1000))

    def clear() -> None:
        shown.clear()
        seats.clear()

    def remove() -> None:
        seats.pop(499).delete()

    def swap() -> None:
        seats[1], seats[998] = seats[998], seats[1]
        seats[1].move(target_index=1)
        seats[998].move(target_index=998)

    def reverse() -> None:
        seats.reverse()
        for row in reversed(seats):
            row.move(target_index=0)

    seats: list[ui.row] = []
    with ui.row():
        ui.button("Create", on_click=create)
        ui.button("Append", on_click=lambda: add(1001))
        ui.button("Remove", on_click=remove)
        ui.button("Swap", on_click=swap)
        ui.button("Reverse", on_click=reverse)
        ui.button("Clear", on_click=clear)
    shown = ui.column()
    create()


def seat(number: int) -> ui.row:
    goals = 0

    def goal() -> None:
        nonlocal goals
        goals += 1
        label.text = f"{goals} goals"

    with ui.row().classes("player") as row:
        ui.label(f"{number}")
        ui.label(f"Player {number}")
        ui.label("first")
        label = ui.label("0 goals")
        ui.button("Goal", on_click=goal)
    return row


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
