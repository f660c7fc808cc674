#!/usr/bin/env python3
"""Makes the balanced subset of Fashion-MNIST that stands in this folder.

    python3 make_subset.py FULL OUT

FULL holds the set's four IDX files under their usual names, gzipped or not; OUT gets four gzipped files of the same names.
Of each class the first 1,000 training and 200 test images are kept, in the order in which they stand in the file. There
is no chance in it and no time stamp: the same zlib gives the same bytes.

Only Python's standard library is needed.
"""

import argparse
import gzip
import pathlib
import struct

CLASSES = 10
IMAGE_LEN = 28 * 28
# Prefix of the file names, and how many images of each class are kept.
PARTS = [("train", 1000), ("t10k", 200)]


def read(folder, name):
    """The contents of an IDX file, unpacked if it is gzipped."""
    for path in (folder / f"{name}.gz", folder / name):
        if path.exists():
            contents = path.read_bytes()
            return gzip.decompress(contents) if path.suffix == ".gz" else contents
    raise SystemExit(f"{folder} holds neither {name}.gz nor {name}")


def write(folder, name, contents):
    """Writes a gzipped file: the best compression, and neither a time stamp nor a name in its header."""
    with open(folder / f"{name}.gz", "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(contents)


def labels_of(contents):
    """The labels in the contents of an IDX file: magic 0x801, a count, then a byte each."""
    magic, count = struct.unpack_from(">II", contents)
    assert magic == 0x801 and len(contents) == 8 + count, "not a file of labels"
    return contents[8:]


def images_of(contents):
    """The images in the contents of an IDX file: magic 0x803, count, rows, columns, then a byte for each pixel."""
    magic, count, rows, columns = struct.unpack_from(">IIII", contents)
    assert magic == 0x803 and rows * columns == IMAGE_LEN, "not a file of 28x28 images"
    assert len(contents) == 16 + count * IMAGE_LEN, "the number of images is wrong"
    return [contents[start : start + IMAGE_LEN] for start in range(16, len(contents), IMAGE_LEN)]


def first_of_each_class(labels, how_many):
    """The positions of the first `how_many` items of each class, in ascending order."""
    kept = [0] * CLASSES
    positions = []
    for position, label in enumerate(labels):
        if kept[label] < how_many:
            kept[label] += 1
            positions.append(position)
    assert kept == [how_many] * CLASSES, f"too few items in a class: {kept}"
    return positions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("full", type=pathlib.Path, help="folder of the full IDX files")
    parser.add_argument("out", type=pathlib.Path, help="folder for the subset")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for prefix, how_many in PARTS:
        images_name, labels_name = f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
        images = images_of(read(arguments.full, images_name))
        labels = labels_of(read(arguments.full, labels_name))
        assert len(images) == len(labels), "as many labels as images"
        positions = first_of_each_class(labels, how_many)
        header = struct.pack(">IIII", 0x803, len(positions), 28, 28)
        write(arguments.out, images_name, header + b"".join(images[position] for position in positions))
        header = struct.pack(">II", 0x801, len(positions))
        write(arguments.out, labels_name, header + bytes(labels[position] for position in positions))


if __name__ == "__main__":
    main()
