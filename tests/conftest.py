"""How long property tests look for a counterexample: moments in every run, far longer under HIPFLASK_LONG=1 (`make soak`)."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=60)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("long" if os.environ.get("HIPFLASK_LONG") == "1" else "quick")
