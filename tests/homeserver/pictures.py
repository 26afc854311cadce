# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Chappe authors
"""Small drawn pictures for demo accounts: avatars, landscapes and charts, as PNG bytes."""
import math
import random
import struct
import zlib

PALETTE = ["#3584e4", "#2190a4", "#3a944a", "#c88800", "#ed5b00", "#e62d42", "#d56199", "#9141ac"]


def rgb(colour):
    return tuple(int(colour[i:i + 2], 16) for i in (1, 3, 5))


def mix(a, b, share):
    """Between colours a (share 0) and b (share 1)."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))


class Picture:
    """An opaque RGB canvas whose convex shapes have soft edges."""

    SUB = 4  # sub-scanlines a row

    def __init__(self, width, height, top, bottom=None):
        self.width, self.height = width, height
        top, bottom = rgb(top), rgb(bottom or top)
        self.rows = [bytearray(bytes(mix(top, bottom, y / height)) * width) for y in range(height)]

    def _spans(self, span, top, bottom, colour):
        """Fills between the two edges that span(y) gives, or None, for y from top to bottom."""
        colour = rgb(colour)
        for y in range(max(0, math.floor(top)), min(self.height, math.ceil(bottom))):
            spans = [span(y + (s + 0.5) / self.SUB) for s in range(self.SUB)]
            spans = [(max(0.0, s[0]), min(float(self.width), s[1])) for s in spans if s]
            spans = [s for s in spans if s[1] > s[0]]
            if not spans:
                continue
            row = self.rows[y]
            left, right = math.floor(min(s[0] for s in spans)), math.ceil(max(s[1] for s in spans))
            inner = (math.ceil(max(s[0] for s in spans)), math.floor(min(s[1] for s in spans)))
            if len(spans) < self.SUB or inner[0] >= inner[1]:
                inner = (right, right)
            row[inner[0] * 3:inner[1] * 3] = bytes(colour) * (inner[1] - inner[0])
            for x in [*range(left, min(inner[0], right)), *range(max(inner[1], left), right)]:
                share = sum(max(0, min(x + 1, b) - max(x, a)) for a, b in spans) / self.SUB
                row[x * 3:x * 3 + 3] = bytes(mix(tuple(row[x * 3:x * 3 + 3]), colour, min(1, share)))

    def circle(self, x, y, radius, colour):
        def span(at):
            square = radius * radius - (at - y) ** 2
            return (x - math.sqrt(square), x + math.sqrt(square)) if square > 0 else None
        self._spans(span, y - radius, y + radius, colour)

    def polygon(self, points, colour):
        """A convex polygon."""
        edges = list(zip(points, points[1:] + points[:1]))

        def span(at):
            cuts = [a[0] + (at - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
                    for a, b in edges if min(a[1], b[1]) <= at < max(a[1], b[1])]
            return (min(cuts), max(cuts)) if len(cuts) > 1 else None
        heights = [p[1] for p in points]
        self._spans(span, min(heights), max(heights), colour)

    def box(self, x, y, width, height, colour):
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)

    def line(self, a, b, thickness, colour):
        length = math.dist(a, b) or 1
        dx, dy = ((b[1] - a[1]) / length * thickness / 2, (b[0] - a[0]) / length * thickness / 2)
        self.polygon([(a[0] + dx, a[1] - dy), (b[0] + dx, b[1] - dy),
                      (b[0] - dx, b[1] + dy), (a[0] - dx, a[1] + dy)], colour)
        for end in (a, b):
            self.circle(*end, thickness / 2, colour)

    def hill(self, level, height, waves, phase, colour):
        """Ground with a wavy top edge (drawn column by column: the edge is no convex shape)."""
        colour = bytes(rgb(colour))
        for x in range(self.width):
            top = level + height * sum(math.sin(x / self.width * w + phase * w) for w in waves)
            first = max(0, math.ceil(top))
            if 0 < first <= self.height:
                row, at = self.rows[first - 1], x * 3
                row[at:at + 3] = bytes(mix(tuple(row[at:at + 3]), tuple(colour), first - top))
            for y in range(first, self.height):
                self.rows[y][x * 3:x * 3 + 3] = colour

    def png(self):
        def chunk(kind, data):
            return (struct.pack(">I", len(data)) + kind + data
                    + struct.pack(">I", zlib.crc32(kind + data)))
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        raw = b"".join(b"\0" + row for row in self.rows)
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
                + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b""))


def portrait(number, size=128):
    """A head and shoulders in flat colours."""
    draw = random.Random(number)
    back = PALETTE[number % len(PALETTE)]
    pale = "#%02x%02x%02x" % mix(rgb(back), (255, 255, 255), 0.72)
    skin = draw.choice(["#f2c9a5", "#e3a978", "#c68642", "#8d5524", "#fbdcc4", "#a86b3c"])
    hair = draw.choice(["#2b2118", "#4a3222", "#7a5230", "#b98a4e", "#8c8c8c", "#1c1c1c"])
    s = size / 128
    picture = Picture(size, size, pale, back)
    if number % 2:
        picture.circle(64 * s, 60 * s, 35 * s, hair)
        picture.box(29 * s, 60 * s, 70 * s, 34 * s, hair)
    picture.circle(64 * s, 140 * s, 48 * s, draw.choice(["#26324a", "#6b2d3c", "#2f4f4f", "#3d3846", "#f6f5f4"]))
    picture.box(55 * s, 74 * s, 18 * s, 26 * s, skin)
    picture.circle(64 * s, 60 * s, 27 * s, skin)
    picture.polygon([(38 * s, 52 * s), (44 * s, 36 * s), (64 * s, 29 * s), (84 * s, 36 * s),
                     (90 * s, 52 * s), (72 * s, 46 * s), (52 * s, 46 * s)], hair)
    return picture.png()


def emblem(number, size=128):
    """A plain sign for a room: three shapes on a gradient."""
    colour = PALETTE[(number * 3) % len(PALETTE)]
    dark = "#%02x%02x%02x" % mix(rgb(colour), (0, 0, 0), 0.35)
    picture = Picture(size, size, colour, dark)
    s, white = size / 128, "#ffffff"
    kind = number % 4
    if kind == 0:
        for i, height in enumerate((34, 58, 46)):
            picture.box((34 + 22 * i) * s, (96 - height) * s, 15 * s, height * s, white)
    elif kind == 1:
        picture.line((40 * s, 88 * s), (64 * s, 42 * s), 9 * s, white)
        picture.line((64 * s, 42 * s), (88 * s, 88 * s), 9 * s, white)
        for at in ((40, 88), (64, 42), (88, 88)):
            picture.circle(at[0] * s, at[1] * s, 12 * s, white)
    elif kind == 2:
        picture.polygon([(32 * s, 62 * s), (64 * s, 34 * s), (96 * s, 62 * s)], white)
        for x in (40, 58, 76):
            picture.box(x * s, 66 * s, 11 * s, 22 * s, white)
        picture.box(32 * s, 91 * s, 64 * s, 7 * s, white)
    else:
        picture.circle(64 * s, 64 * s, 32 * s, white)
        picture.circle(64 * s, 64 * s, 22 * s, colour)
        picture.line((64 * s, 64 * s), (64 * s, 48 * s), 6 * s, white)
        picture.line((64 * s, 64 * s), (76 * s, 70 * s), 6 * s, white)
    return picture.png()


def landscape(number, width=800, height=500):
    draw = random.Random(number)
    sky = draw.choice([("#8ec5ee", "#f7f3e3"), ("#3b4c86", "#f3a683"), ("#a9d6e5", "#fefae0")])
    picture = Picture(width, height, *sky)
    picture.circle(width * draw.uniform(0.2, 0.8), height * 0.32, height * 0.09, "#fff4d6")
    for level, colour in zip((0.55, 0.66, 0.80), draw.choice(
            [("#7b9ea8", "#4f7d63", "#2f5d43"), ("#6d6875", "#4a4e69", "#22223b"),
             ("#90a955", "#4f772d", "#31572c")])):
        picture.hill(height * level, height * 0.035, (draw.uniform(3, 6), draw.uniform(8, 13)),
                     draw.uniform(0, 6), colour)
    return picture.png()


def bar_chart(number, width=800, height=500):
    draw = random.Random(number)
    picture = Picture(width, height, "#ffffff")
    base, left = height - 60, 70
    for line in range(6):
        picture.box(left, base - line * (base - 50) / 5, width - left - 40, 1, "#d9d9de")
    step = (width - left - 60) / 12
    for month in range(12):
        tall = (0.25 + 0.6 * month / 12 + draw.uniform(-0.1, 0.1)) * (base - 60)
        picture.box(left + 12 + month * step, base - tall, step * 0.32, tall, "#3584e4")
        tall *= draw.uniform(0.5, 0.8)
        picture.box(left + 14 + month * step + step * 0.32, base - tall, step * 0.32, tall, "#99c1f1")
    picture.box(left, 40, 2, base - 40, "#5e5c64")
    picture.box(left, base, width - left - 40, 2, "#5e5c64")
    return picture.png()


def diagram(number, width=800, height=500):
    """Boxes joined by lines: an architecture or an organisation chart."""
    draw = random.Random(number)
    picture = Picture(width, height, "#fafafa", "#eef2f7")
    levels = [[width / 2], [width * f for f in (0.2, 0.5, 0.8)],
              [width * (0.1 + 0.2 * i) for i in range(5)]]
    heights = [height * f for f in (0.18, 0.5, 0.82)]
    for upper, lower, y, next_y in zip(levels, levels[1:], heights, heights[1:]):
        for x in lower:
            picture.line((min(upper, key=lambda u: abs(u - x)), y), (x, next_y), 3, "#9a9996")
    for level, y, colour in zip(levels, heights, draw.sample(PALETTE, 3)):
        for x in level:
            w = 150 if len(level) < 4 else 108
            picture.box(x - w / 2, y - 32, w, 64, colour)
            picture.box(x - w / 2 + 16, y - 10, w - 50, 6, "#ffffff")
            picture.box(x - w / 2 + 16, y + 4, w - 32, 6, "#ffffff")
    return picture.png()
