"""Draws src/hipflask/build/platforms/icon.png, the icon of a program that has none of its own: a hip flask.

python scripts/icon.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

PICTURE = Path(__file__).parent.parent / "src" / "hipflask" / "build" / "platforms" / "icon.png"
SIZE = 1024
FINE = 2 * SIZE  # drawn twice as large, and made smaller: that is all the smoothing there is
NIGHT, DUSK = (24, 43, 73), (47, 92, 128)
SILVER_DARK, SILVER, SILVER_LIGHT = (131, 143, 156), (205, 214, 222), (250, 252, 253)
LEATHER_DARK, LEATHER, LEATHER_LIGHT = (94, 45, 24), (140, 72, 38), (176, 99, 54)
THREAD = (226, 178, 120)

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


def icon() -> Image.Image:
    """The whole picture."""
    picture = Image.new("RGBA", (FINE, FINE))
    plate = rounded((60, 60, FINE - 60, FINE - 60), 420)
    lay(picture, plate, down(DUSK, NIGHT))
    hip_flask = nearer(flask())
    lay(picture, shadow(hip_flask.getchannel("A")), flat((8, 16, 30)))
    picture.alpha_composite(hip_flask)
    return picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def flask() -> Image.Image:
    """The flask alone: steel, leather, a plaque and a cap."""
    picture = Image.new("RGBA", (FINE, FINE))
    lay(picture, neck(), across(SILVER_DARK, SILVER_LIGHT, SILVER))
    lay(picture, body((560, 660, 1488, 1730)), across(SILVER_DARK, SILVER_LIGHT, SILVER_DARK))
    lay(picture, body((592, 692, 1456, 1698)), across(SILVER, SILVER_LIGHT, SILVER_DARK))
    wrap(picture)
    cap(picture)
    return picture


def nearer(picture: Image.Image) -> Image.Image:
    """The same, a little larger."""
    edge = FINE // 14
    return picture.resize((FINE, FINE), Image.Resampling.LANCZOS, (edge, edge, FINE - edge, FINE - edge))


def wrap(picture: Image.Image) -> None:
    """The leather around its belly, with a seam."""
    band = Image.new("L", (FINE, FINE))
    ImageDraw.Draw(band).rectangle((0, 960, FINE, FINE), fill=255)
    leather = ImageChops.multiply(body((560, 660, 1488, 1730)), band)
    lay(picture, leather, across(LEATHER_DARK, LEATHER_LIGHT, LEATHER_DARK, at=0.42))
    draw = ImageDraw.Draw(picture)
    for x in range(590, 1460, 56):
        draw.line((x, 1004, x + 30, 1004), fill=THREAD, width=10)
    plaque = rounded((824, 1180, 1224, 1440), 60)
    lay(picture, plaque, across(SILVER_DARK, SILVER_LIGHT, SILVER))
    draw.rounded_rectangle((848, 1204, 1200, 1416), 42, outline=SILVER_DARK, width=8)
    # What a window is drawn with: a bracket, a stroke, a bracket.
    draw.line((948, 1260, 896, 1310, 948, 1360), fill=NIGHT, width=26, joint="curve")
    draw.line((1100, 1260, 1152, 1310, 1100, 1360), fill=NIGHT, width=26, joint="curve")
    draw.line((1050, 1250, 998, 1370), fill=LEATHER, width=26)


def cap(picture: Image.Image) -> None:
    """The screw cap, with its grip."""
    box = (866, 318, 1182, 548)
    lay(picture, rounded(box, 56), across(SILVER_DARK, SILVER_LIGHT, SILVER_DARK))
    draw = ImageDraw.Draw(picture)
    for x in range(box[0] + 50, box[2] - 30, 36):
        draw.line((x, box[1] + 44, x, box[3] - 40), fill=SILVER_DARK, width=9)


def neck() -> Image.Image:
    """Where the neck is."""
    return rounded((918, 520, 1130, 760), 30)


def body(box: Box) -> Image.Image:
    """Where the body is: round shoulders, a flatter foot."""
    shape = rounded(box, 270)
    foot = rounded((box[0], box[1] + 500, box[2], box[3]), 170)
    return ImageChops.lighter(shape, foot)


def rounded(box: Box, radius: int) -> Image.Image:
    """Where a rounded rectangle is."""
    shape = Image.new("L", (FINE, FINE))
    ImageDraw.Draw(shape).rounded_rectangle(box, radius, fill=255)
    return shape


def shadow(shape: Image.Image) -> Image.Image:
    """Where the light does not reach behind something."""
    moved = ImageChops.offset(shape, 0, 46).filter(ImageFilter.GaussianBlur(44))
    return moved.point(lambda value: value * 6 // 10)


def lay(picture: Image.Image, shape: Image.Image, colours: Image.Image) -> None:
    """Put colours onto the picture where the shape is."""
    layer = colours.convert("RGBA")
    layer.putalpha(shape)
    picture.alpha_composite(layer)


def flat(colour: Colour) -> Image.Image:
    """One colour everywhere."""
    return Image.new("RGB", (FINE, FINE), colour)


def down(top: Colour, bottom: Colour) -> Image.Image:
    """From one colour to another, downwards."""
    return ramp([(0.0, top), (1.0, bottom)]).transpose(Image.Transpose.ROTATE_270).resize((FINE, FINE))


def across(left: Colour, middle: Colour, right: Colour, *, at: float = 0.4) -> Image.Image:
    """From left to right over the flask, brightest where the light falls."""
    return ramp([(0.27, left), (at, middle), (0.73, right)]).resize((FINE, FINE))


def ramp(stops: list[tuple[float, Colour]]) -> Image.Image:
    """A row of pixels that passes through these colours."""
    row = Image.new("RGB", (FINE, 1))
    for x in range(FINE):
        place = x / (FINE - 1)
        before = max((stop for stop in stops if stop[0] <= place), default=stops[0])
        after = min((stop for stop in stops if stop[0] >= place), default=stops[-1])
        part = 0.0 if after[0] == before[0] else (place - before[0]) / (after[0] - before[0])
        mixed = [round(a + (b - a) * part) for a, b in zip(before[1], after[1], strict=True)]
        row.putpixel((x, 0), (mixed[0], mixed[1], mixed[2]))
    return row


if __name__ == "__main__":
    icon().save(PICTURE, optimize=True)
