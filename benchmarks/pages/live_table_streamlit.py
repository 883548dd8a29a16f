"""The same in Streamlit: a data frame in a fragment that runs again as often as it can."""

# The peers are installed in an environment of their own, where the type checker does not look.
# mypy: ignore-errors

from __future__ import annotations

import os

import numpy
import pandas
import streamlit as st
from live_table_market import Batch, Market, Pace, values_of

st.set_page_config(layout="wide")


@st.cache_resource
def columns() -> dict[str, numpy.ndarray]:
    market = Market()
    shown = {name: numpy.array(values) for name, values in values_of(market.rows).items()}
    shown["note"] = shown["note"].astype(object)

    def write(batch: Batch) -> None:
        for row, values in batch:
            for name, value in values.items():
                shown[name][row] = value

    pace = Pace(market, write)
    pace.start()
    pace.serve(int(os.environ["ORDERS"]))
    return shown


@st.fragment(run_every=0.05)
def prices() -> None:
    st.dataframe(pandas.DataFrame(columns()), height=780, hide_index=True)


prices()
