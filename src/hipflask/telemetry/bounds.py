"""The bounds between which durations are counted, for every figure that is made of them: from a patch to a slow report."""

from __future__ import annotations

# Half a click's answer lies between 1 and 10 ms, a frame at 16; what a person waits for begins at 100.
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.016, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
