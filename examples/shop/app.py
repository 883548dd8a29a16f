"""A shop without a server of its own: pictures become thumbnails, orders go through a queue, and at night a report is written.

    cd examples/shop
    hipflask local                    here: with its queue, its buckets and its clock; open the address that it prints
    hipflask queue orders --dead      the orders that nobody could make sense of
    hipflask deploy                   the same on AWS

Each function below is called by what its decorator says, one Lambda for each but the web's, which share one. None may do more than
`app.allow` says; that it may read its own queue and write its own log goes without saying.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO
from typing import Annotated
from uuid import uuid4

import msgspec
from flask import Response, abort, redirect, request
from msgspec import Meta
from PIL import Image

from hipflask import Hipflask

app = Hipflask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 4_000_000  # of what Lambda lets through, a quarter goes for base64

pictures = app.bucket("pictures")
books = app.bucket("books")
orders = app.queue("orders", dead_letter_after=3)

PRICES = {"bat": 4_500, "ball": 800, "glove": 6_200}  # in cents
THUMBNAIL = (160, 160)
KINDS = ("image/jpeg", "image/png")
MOST_PIXELS = 40_000_000  # a small file may say that it is a picture of the whole world

Pieces = Annotated[int, Meta(ge=1, le=100)]


class Order(msgspec.Struct):
    """What somebody has ordered, as it is kept."""

    number: str
    item: str
    pieces: Pieces
    cents: int
    at: datetime


# ── the web ───────────────────────────────────────────────────────────────────────────────────────


@app.get("/")
def shelf() -> str:
    """What there is, with its pictures."""
    shown = {file.key.removeprefix("small/").removesuffix(".jpg") for file in pictures.list("small/")}
    return PAGE.format("".join(_card(item, item in shown) for item in PRICES))


@app.post("/pictures/<item>")
def upload(item: str) -> Response:
    """Take the picture of an item in; its thumbnail is made by somebody else."""
    file = request.files.get("picture")
    if item not in PRICES or file is None or file.mimetype not in KINDS:
        abort(400, f"Expected a picture ({' or '.join(KINDS)}) of one of {', '.join(PRICES)}.")
    pictures.put(f"large/{item}", file.read())
    return redirect("/")


@app.get("/pictures/<item>.jpg")
def small(item: str) -> Response:
    """The thumbnail of an item."""
    try:
        return Response(pictures.get(f"small/{item}.jpg"), mimetype="image/jpeg")
    except KeyError:
        abort(404)


@app.api("/orders", methods=["POST"])
def order(item: str, pieces: Pieces = 1) -> dict[str, str]:
    """Take an order; that it is one is found out when it is looked at."""
    number = uuid4().hex
    orders.send({"number": number, "item": item, "pieces": pieces})
    return {"number": number}


@app.api("/orders/<number>")
def state(number: str) -> dict[str, str | int]:
    """What has become of an order."""
    try:
        found = msgspec.json.decode(books.get(f"orders/{number}.json"), type=Order)
    except KeyError:
        return {"number": number, "state": "waiting, or unknown"}
    return {"number": number, "state": "done", "cents": found.cents}


# ── behind the counter ────────────────────────────────────────────────────────────────────────────


@app.on_s3_event(pictures, prefix="large/")
def thumbnail(key: str) -> None:
    """Make a small picture of a large one."""
    with pictures.open(key) as file, Image.open(file) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError(f"{key} has {picture.width} × {picture.height} pixels, which are too many.")
        made = picture.convert("RGB")
        made.thumbnail(THUMBNAIL)
    to = BytesIO()
    made.save(to, "JPEG")
    pictures.put(f"small/{key.removeprefix('large/')}.jpg", to.getvalue())


@app.on_sqs_message(orders, batch_size=10)
def fulfil(number: str, item: str, pieces: Pieces) -> None:
    """Write an order into the books; done twice, it is there once. What we do not sell comes again, and then to the dead letters."""
    if item not in PRICES:
        raise ValueError(f"We have no {item}: {', '.join(PRICES)}.")
    kept = Order(number, item, pieces, PRICES[item] * pieces, datetime.now(UTC))
    books.put(f"orders/{number}.json", msgspec.json.encode(kept))


@app.command("report")
@app.schedule("cron(0 2 * * ? *)")
def report() -> str:
    """Write down what was sold in the last day."""
    since = datetime.now(UTC) - timedelta(days=1)
    files = [file for file in books.list("orders/") if file.modified >= since]
    sold: Counter[str] = Counter()
    cents = 0
    for file in files:
        kept = msgspec.json.decode(books.get(file.key), type=Order)
        sold[kept.item] += kept.pieces
        cents += kept.cents
    lines = [f"{count:6} {item}" for item, count in sorted(sold.items())]
    text = "\n".join([*lines, f"{cents / 100:9.2f} in all", ""])
    books.put(f"reports/{datetime.now(UTC):%Y-%m-%d}.txt", text)
    return text


# Who may do what, and nothing else.
app.allow(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], pictures, on=[shelf, upload, small])
app.allow("sqs:SendMessage", orders, on=order)
app.allow(["s3:GetObject", "s3:ListBucket"], books, on=state)
app.allow(["s3:GetObject", "s3:PutObject"], pictures, on=thumbnail)
app.allow("s3:PutObject", books, on=[fulfil, report])
app.allow(["s3:GetObject", "s3:ListBucket"], books, on=report)


# ── the page ──────────────────────────────────────────────────────────────────────────────────────


def _card(item: str, has_picture: bool) -> str:
    name = escape(item)
    picture = f'<img src="pictures/{name}.jpg" alt="">' if has_picture else "<span>no picture yet</span>"
    return CARD.format(name=name, picture=picture, price=f"{PRICES[item] / 100:.2f}")


CARD = """
<article>
  {picture}
  <h2>{name} <small>{price}</small></h2>
  <button data-item="{name}">Order one</button> <output></output>
  <form action="pictures/{name}" method="post" enctype="multipart/form-data">
    <label>Picture <input type="file" name="picture" accept="image/jpeg,image/png" required></label>
    <button>Upload</button>
  </form>
</article>"""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The shop</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
  main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem }}
  article {{ border: 1px solid #ccc; border-radius: .5rem; padding: 1rem }}
  img, span {{ display: grid; place-items: center; height: 160px; color: #666 }}
</style>
<h1>The shop</h1>
<main>{}</main>
<script>
  for (const button of document.querySelectorAll("button[data-item]")) {{
    button.onclick = async () => {{
      const said = button.nextElementSibling;
      const json = {{ method: "POST", headers: {{ "content-type": "application/json" }} }};
      const sent = await fetch("orders", {{ ...json, body: JSON.stringify({{ item: button.dataset.item }}) }});
      const {{ number }} = await sent.json();
      for (let tries = 0; tries < 60; tries += 1) {{
        const {{ state }} = await (await fetch(`orders/${{number}}`)).json();
        said.textContent = state;
        if (state === "done") return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }}
    }};
  }}
</script>
</html>"""
