"""Figures of other libraries, shown as they are: matplotlib's as pictures, those of Plotly and Altair in viewers of their own."""

PATH = "/_hipflask/figures/"  # where viewers are
