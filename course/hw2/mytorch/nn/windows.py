"""What a kernel sees as it moves over an image: shared by convolution and pooling."""

__all__ = ["count_places", "pair", "seen_by"]


def pair(value):
    """(vertical, horizontal): of one number for both, or of two."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def count_places(size, kernel, stride, dilation=1):
    """At how many places a kernel fits into a line of `size` elements, `stride` apart. The elements of the
    kernel are `dilation` apart. Raises ValueError if it fits nowhere."""
    # BEGIN SOLUTION 1.2, 1.3: first for stride 1; think of the last place at which the kernel still fits
    reach = dilation * (kernel - 1) + 1
    if reach > size:
        raise ValueError(f"a kernel that reaches over {reach} elements does not fit into {size}")
    return (size - reach) // stride + 1
    # END SOLUTION


def seen_by(row, column, places, stride=(1, 1), dilation=(1, 1)):
    """The rows and the columns of the image that the kernel's element (row, column) sees, at all places.

    places: how many there are, (vertical, horizontal).   Returns two slices, so that
    image[:, :, rows, columns] is (N, C, *places).
    """
    # BEGIN SOLUTION 1.2, 1.3: at the first place it sees (row, column); then stride further each time
    top, left = row * dilation[0], column * dilation[1]
    rows = slice(top, top + stride[0] * (places[0] - 1) + 1, stride[0])
    return rows, slice(left, left + stride[1] * (places[1] - 1) + 1, stride[1])
    # END SOLUTION
