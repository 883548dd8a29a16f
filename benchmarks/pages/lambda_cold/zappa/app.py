"""A shop on Flask."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/orders/<int:number>")
def order(number):
    """One order."""
    return {"number": number, "pieces": int(request.args["pieces"])}
