"""The click page as Streamlit's documentation would have it written; `?count=` says how many items."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import streamlit as st

if "clicks" not in st.session_state:
    st.session_state.clicks = 0


def click() -> None:
    st.session_state.clicks += 1


st.button("Click", on_click=click)
st.text(f"{st.session_state.clicks} clicks")
for i in range(int(st.query_params["count"])):
    st.text(f"item {i}")
