"""The desk in its windows: `python -m examples.desk`."""

from .app import app

app.run()
