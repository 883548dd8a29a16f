"""Somebody at the counter of `examples/shop`, wherever it runs: what they bring, order and are told."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

SHOP = Path(__file__).parent.parent / "examples" / "shop"


def shop_in(folder: Path) -> Path:
    """The example's files in a folder that may be changed; without its lock, since each place has a Python of its own."""
    for file in ("app.py", "pyproject.toml"):
        shutil.copy(SHOP / file, folder)
    return folder


def picture(width: int = 800, height: int = 600, way_up: int | None = None) -> bytes:
    """A JPEG, red at its top and blue below, with what a telephone writes beside it of which way is up."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width, height // 2))
    exif = Image.Exif()
    if way_up:
        exif[0x0112] = way_up
    kept = io.BytesIO()
    image.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


class Shopper:
    """Asks the shop at an address."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def ask(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Status and body of an answer."""
        try:
            with urlopen(Request(self.address + path, body, {"Content-Type": kind} if kind else {})) as told:
                return told.status, told.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()

    def bring(self, item: str, data: bytes, kind: str = "image/jpeg") -> int:
        """Put a picture up; returns the status."""
        boundary, body = encode_multipart(
            {"picture": FileStorage(io.BytesIO(data), "it.jpg", content_type=kind)}
        )
        return self.ask(f"/pictures/{item}", body, f'multipart/form-data; boundary="{boundary}"')[0]

    def thumbnail(self, item: str) -> Image.Image | None:
        """An item's small picture, if there is one."""
        status, data = self.ask(f"/pictures/{item}.jpg")
        return Image.open(io.BytesIO(data)) if status == 200 else None

    def order(self, item: str, pieces: object = 1) -> str:
        """Order something; returns the order's number."""
        status, told = self.ask(
            "/orders", json.dumps({"item": item, "pieces": pieces}).encode(), "application/json"
        )
        assert status == 200, told
        return str(json.loads(told)["number"])

    def state(self, number: str) -> dict[str, object]:
        """What has become of an order."""
        told: dict[str, object] = json.loads(self.ask(f"/orders/{number}")[1])
        return told

    def is_done(self, number: str) -> bool:
        """Whether an order is in the books."""
        return self.state(number)["state"] == "done"
