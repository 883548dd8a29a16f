"""The two voices in their window: `python -m examples.who_at_nine`; without a display, as text, sound and a picture."""

import os
import sys
from functools import partial
from pathlib import Path

from .app import app, dialogue, story
from .lineup import fill
from .story import record, tell

PICTURES = Path("screenshots")

with app.app_context():
    fill()
if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
    story.at_end = partial(record, dialogue, PICTURES)
    story.begin()
    app.run()
else:
    sys.exit(tell(app, dialogue, PICTURES))
