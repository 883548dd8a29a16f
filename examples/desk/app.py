"""The windows, put together: one for each monitor, and the desk's health where there is room."""

from hipflask import Hipflask, ui

from .blotter import draw_blotter
from .data import db
from .engine import FIGURES, engine, health
from .head import page
from .health import draw_health
from .orders import draw_orders
from .prices import draw_prices

app = Hipflask(__package__, theme=ui.Theme(look="desk"))
app.config["HIPFLASK_RESTORE_WINDOWS"] = True  # the desk as it was left; the first time, as below
db.init_app(app)


@app.before_request
def follow_the_feed():
    engine.start(app)


@app.window("/", title="Blotter", monitor=1, area="whole", at_start=True)
def blotter():
    page("Blotter", draw_blotter)


@app.window("/prices", title="Prices", monitor=2, area="whole", at_start=True)
def prices():
    page("Prices", draw_prices)


@app.window("/orders", title="Orders", monitor=3, area="whole", at_start=True)
def orders():
    page("Orders", draw_orders)


@app.window("/health", title="Health", width=1100, height=860)
def how_it_is():
    page("Health", draw_health)


@app.api("/measured")
def measured() -> dict[str, float]:
    """How the desk itself was in the last second, for whoever watches it from outside."""
    return dict(zip(FIGURES, health.last or (), strict=False))
