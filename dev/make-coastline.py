#!/usr/bin/env python3
"""Makes Sources/Report/Resources/coastline.txt, the land of the report's world map.

The data are Natural Earth's countries at 1:110 million (public domain,
https://www.naturalearthdata.com), as the dataset naturalearth_lowres of the PyPI wheel
geopandas 0.14.4 has them. Countries are merged into land, what is too small for the map
left out, and the outline simplified.

    pip install shapely pyshp && pip download --no-deps geopandas==0.14.4
    dev/make-coastline.py geopandas-0.14.4-py3-none-any.whl

Each line is one ring of land: its first point and then the steps to the next, in tenths
of a degree, longitude and latitude: "-1234,567 -3,12 0,-8". Antarctica is left out: no
participant is there.
"""

import io
import sys
import zipfile
from pathlib import Path

import shapefile
from shapely.geometry import Polygon, shape
from shapely.ops import unary_union

TOLERANCE = 0.15
SMALLEST = 0.5  # square degrees

wheel = zipfile.ZipFile(sys.argv[1])
base = "geopandas/datasets/naturalearth_lowres/naturalearth_lowres"
reader = shapefile.Reader(
    **{kind: io.BytesIO(wheel.read(f"{base}.{kind}")) for kind in ("shp", "shx", "dbf")},
    encoding="latin-1",
)
countries = [
    shape(entry.shape.__geo_interface__).buffer(0.05)
    for entry in reader.shapeRecords()
    if entry.record["continent"] != "Antarctica"
]
land = unary_union(countries).buffer(-0.05).simplify(TOLERANCE)

lines = []
for part in sorted(land.geoms, key=lambda part: -part.area):
    if part.area < SMALLEST:
        continue
    inland = [ring for ring in part.interiors if Polygon(ring).area > SMALLEST]
    for ring in [part.exterior, *inland]:
        points = [(round(x * 10), round(y * 10)) for x, y in ring.coords[:-1]]
        steps, last = [], (0, 0)
        for point in points:
            step = (point[0] - last[0], point[1] - last[1])
            if step != (0, 0) or not steps:
                steps.append(f"{step[0]},{step[1]}")
            last = point
        lines.append(" ".join(steps))

target = Path(__file__).parent.parent / "Sources/Report/Resources/coastline.txt"
target.write_text("\n".join(lines) + "\n")
print(f"{len(lines)} rings, {target.stat().st_size} bytes")
