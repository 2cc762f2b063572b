"""GeoJSON shapes."""


def rectangle(x, y, width, height):
    corners = [[x, y], [x, y + height], [x + width, y + height], [x + width, y], [x, y]]
    return {"type": "Polygon", "coordinates": [corners]}
