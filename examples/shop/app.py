"""A shop without a server of its own: pictures become thumbnails, orders go through a queue, and at night a report is written.

    cd examples/shop
    hipflask local                    here: with its queue, its buckets and its clock; open the address that it prints
    hipflask queue orders --dead      the orders that nobody could make sense of
    hipflask deploy                   the same on AWS

Each function below is called by what its decorator says, one Lambda for each but the web's, which share one. None may do more than
`app.allow` says; that it may read its own queue and write its own log goes without saying.

On AWS whoever knows the address may order, and put a picture up: a shop for strangers would ask who they are, `@app.authorizer`.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Annotated
from uuid import uuid4

import msgspec
from flask import Response, abort, render_template_string, request
from msgspec import Meta
from PIL import Image, ImageOps

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
    editions = {file.key: file.etag for file in pictures.list("small/")}
    return render_template_string(PAGE, prices=PRICES, editions=editions)


@app.post("/pictures/<item>")
def upload(item: str) -> tuple[str, int]:
    """Take the picture of an item in; its thumbnail is made by somebody else."""
    file = request.files.get("picture")
    if item not in PRICES or file is None or file.mimetype not in KINDS:
        abort(400, f"Expected a picture ({' or '.join(KINDS)}) of one of {', '.join(PRICES)}.")
    pictures.put(f"large/{item}", file.read())
    return "accepted", 202


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
        upright = ImageOps.exif_transpose(picture)  # telephones only write down which way is up
        made = upright.convert("RGB")
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


# Who may do what, and nothing else. Who may not list a bucket is told "forbidden" of what is not there, instead of "not found".
app.allow(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], pictures, on=[shelf, upload, small])
app.allow("sqs:SendMessage", orders, on=order)
app.allow(["s3:GetObject", "s3:ListBucket"], books, on=state)
app.allow(["s3:GetObject", "s3:PutObject"], pictures, on=thumbnail)
app.allow("s3:PutObject", books, on=[fulfil, report])
app.allow(["s3:GetObject", "s3:ListBucket"], books, on=report)


# ── the page ──────────────────────────────────────────────────────────────────────────────────────


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The shop</title>
<style>
  :root { color-scheme: light dark; --card: light-dark(#fff, #1e293b); --quiet: light-dark(#475569, #a3b1c6) }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2.5rem auto; padding: 0 1rem;
         background: light-dark(#f1f5f9, #0f172a) }
  main { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1.25rem }
  article { background: var(--card); border-radius: .75rem; overflow: hidden; box-shadow: 0 1px 4px #0003 }
  article div { display: flex; align-items: center; gap: .75rem; padding: .9rem 1rem }
  label { display: grid; place-items: center; height: 180px; cursor: pointer; color: var(--quiet); text-align: center;
          background: light-dark(#e2e8f0, #334155) }
  label:focus-within { outline: 3px solid #2563eb; outline-offset: -3px }
  input { position: absolute; opacity: 0; width: 1px }
  h2 { margin: 0; font-size: 1.1rem; flex: 1 }
  small, output, footer { color: var(--quiet) }
  footer { margin-top: 1.5rem; text-wrap: balance }
  button { font: inherit; padding: .3rem .9rem; border: 0; border-radius: .4rem; background: #1d4ed8; color: #fff; cursor: pointer }
  article output { display: block; padding: 0 1rem .9rem; min-height: 1.5em }
</style>
<h1>The shop</h1>
<main>
  {% for item, cents in prices.items() %}
  <article id="{{ item }}">
    <label>
      {% set edition = editions["small/" ~ item ~ ".jpg"] %}
      {% if edition %}<img src="pictures/{{ item }}.jpg?{{ edition }}" alt="{{ item }}: choose another picture">
      {% else %}choose a picture{% endif %}
      <input type="file" accept="image/jpeg,image/png">
    </label>
    <div><h2>{{ item }}</h2> <small>{{ "%.2f" % (cents / 100) }}</small> <button>Order one</button></div>
    <output></output>
  </article>
  {% endfor %}
</main>
<footer>
  Nobody sells curve balls. An order for one is tried three times, then it is among the dead letters; no other waits for it.
  <p><button>Order a curve ball</button> <output></output></p>
</footer>
<script>
  const pause = () => new Promise((resolve) => setTimeout(resolve, 500));

  async function order(item, said) {
    const headers = { "content-type": "application/json" };
    const sent = await fetch("orders", { method: "POST", headers, body: JSON.stringify({ item }) });
    const { number } = await sent.json();
    for (let tries = 0; tries < 60; tries += 1) {
      const { state } = await (await fetch(`orders/${number}`)).json();
      said.textContent = state;
      if (state === "done") return;
      await pause();
    }
  }

  async function pictureOf(item) {
    const page = await (await fetch("")).text();
    return new DOMParser().parseFromString(page, "text/html").querySelector(`#${item} label`);
  }

  async function upload(item, input, shown) {
    const body = new FormData();
    body.append("picture", input.files[0]);
    const before = (await pictureOf(item)).outerHTML;
    const answer = await fetch(`pictures/${item}`, { method: "POST", body });
    shown.replaceChildren(answer.ok ? "making it small…" : "a JPEG or PNG of at most 4 MB, please", input);
    for (let tries = 0; answer.ok && tries < 20; tries += 1) {
      const now = await pictureOf(item);
      if (now.outerHTML !== before) return shown.replaceWith(now);
      await pause();
    }
  }

  document.onclick = ({ target }) => {
    const around = target.closest("article, footer");
    if (target.matches("button")) order(around.id || "curve ball", around.querySelector("output"));
  };
  document.onchange = ({ target }) => upload(target.closest("article").id, target, target.closest("label"));
</script>
</html>"""
