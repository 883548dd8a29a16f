"""The rows as Streamlit's documentation would have them: columns, and buttons with keys and callbacks."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import streamlit as st

if "goals" not in st.session_state:
    st.session_state.goals = [0] * 1001


def goal(number: int) -> None:
    st.session_state.goals[number] += 1


for i in range(1, 1001):
    number, name, base, goals, press = st.columns(5)
    number.text(i)
    name.text(f"Player {i}")
    base.text("first")
    goals.text(f"{st.session_state.goals[i]} goals")
    press.button("Goal", key=f"goal-{i}", on_click=goal, args=(i,))
