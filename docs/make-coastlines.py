#!/usr/bin/env python3
"""Makes the lines of src/report/map from Natural Earth at 1:50 million (public domain): coasts, and borders between countries.

    npm pack world-atlas@2 && tar xzf world-atlas-2.*.tgz
    docs/make-coastlines.py package/land-50m.json > src/report/map/coastlines.txt
    docs/make-coastlines.py package/countries-50m.json > src/report/map/borders.txt

Each line of the output is one coast or border: pairs of longitude and latitude in tenths of a degree, separated by spaces.
Points that lie within a tenth of a degree of the line without them are left out, and so are small islands. Borders are those of
Europe, Asia and the north of Africa, as Natural Earth has them: where power is held, not where it is claimed.
"""
import json
import sys

TOLERANCE = 0.1
SMALLEST = 0.6  # degrees from one side of an island to the other
REGION = (-15, 0, 150, 82)  # of borders: west, south, east, north


def decode(topology):
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        yield points


def simplify(points):
    """Douglas and Peucker: keeps the point farthest from the chord while it is farther than the tolerance."""
    keep, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        farthest, distance = None, TOLERANCE
        for place in range(first + 1, last):
            px, py = points[place]
            if length == 0:
                off = ((px - ax) ** 2 + (py - ay) ** 2) ** 0.5
            else:
                off = abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length
            if off > distance:
                farthest, distance = place, off
        if farthest is not None:
            keep.add(farthest)
            stack += [(first, farthest), (farthest, last)]
    return [points[place] for place in sorted(keep)]


def tenths(points):
    """The pairs of a line of the output."""
    line = [f"{round(x * 10)},{round(y * 10)}" for x, y in simplify(points)]
    return [pair for place, pair in enumerate(line) if place == 0 or pair != line[place - 1]]


def arcs_of(rings):
    """The numbers of all arcs of a geometry, whatever the depth of its lists; a negative one runs backwards."""
    for each in rings:
        if isinstance(each, list):
            yield from arcs_of(each)
        else:
            yield each if each >= 0 else ~each


def borders(topology):
    """The arcs between two countries."""
    owners = {}
    for country in topology["objects"]["countries"]["geometries"]:
        for arc in set(arcs_of(country.get("arcs", []))):
            owners[arc] = owners.get(arc, 0) + 1
    for number, points in enumerate(decode(topology)):
        if owners.get(number, 0) > 1:
            yield points


topology = json.load(open(sys.argv[1]))
if "countries" in topology["objects"]:
    for points in borders(topology):
        west, south, east, north = REGION
        if any(west < x < east and south < y < north for x, y in points):
            line = tenths(points)
            if len(line) > 1:
                print(" ".join(line))
else:
    for points in decode(topology):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(max(xs) - min(xs), max(ys) - min(ys)) < SMALLEST or max(ys) < -40:
            continue
        line = tenths(points)
        if len(line) > 2:
            print(" ".join(line))
