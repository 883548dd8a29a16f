"""Tests of what `ui.table` is made of."""
