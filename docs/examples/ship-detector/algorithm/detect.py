"""Blobs: connected cells (by their four sides) brighter than the rest of a grid."""


def cells_above(pixels, level):
    return {(x, y) for y, row in enumerate(pixels) for x, value in enumerate(row) if value > level}


def blob_take(cells):
    """Removes one connected blob from `cells` and returns it."""
    todo = [min(cells)]
    cells.remove(todo[0])
    blob = []
    while todo:
        x, y = todo.pop()
        blob.append((x, y))
        for near in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if near in cells:
                cells.remove(near)
                todo.append(near)
    return blob


def blobs(pixels, level):
    cells = cells_above(pixels, level)
    found = []
    while cells:
        found.append(blob_take(cells))
    return found


def box(blob):
    """x, y, width, height of the smallest rectangle around a blob."""
    xs = [x for x, _ in blob]
    ys = [y for _, y in blob]
    return min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1
