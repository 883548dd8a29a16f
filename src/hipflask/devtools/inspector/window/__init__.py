"""The inspector's window: window functions over a `Source`, which are shown by a program of their own, `hipflask.inspector`.

    source.news(…)  ──▶  recorded.py: rows, traces, sums      ──▶  views/: one file for each
    source.tree(…)  ──▶  asking.py: asked while somebody looks ──▶

What is shown comes from another program, and is always text: nothing here takes any of it for markup or for an address.
"""
