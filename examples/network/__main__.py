"""The company in its windows: `python -m examples.network`; without a display, its story and a picture."""

import sys

from .app import app, company, watch
from .company import has_display
from .story import tell

if has_display():
    app.run()
else:
    sys.exit(tell(company, watch, app, "screenshots/network.png"))
