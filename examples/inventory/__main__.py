"""`python -m examples.inventory`"""

from . import app

app.run()
