"""One route, as Chalice's documentation has it."""

from chalice import Chalice

app = Chalice(app_name="hello")


@app.route("/on/{base}")
def who_is_on(base):
    return {"base": base, "player": "Who"}
