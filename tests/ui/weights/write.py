"""Writes the small files that the cases beside this one name; needs nothing but Python."""

import json
import struct


def write(file, tensors, behind=0):
    header, numbers = {}, 0
    for key, dtype, shape in tensors:
        count = 1
        for size in shape:
            count *= size
        end = numbers + count * {"F64": 8, "F32": 4, "BF16": 2}[dtype]
        header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [numbers, end]}
        numbers = end
    text = json.dumps(header).encode()
    with open(f"{file}.safetensors", "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + bytes(numbers + behind))


whole = [("conv1.weight", "F32", [2, 1, 3, 3]), ("conv1.bias", "F32", [2]), ("fc.weight", "F32", [3, 8]), ("fc.bias", "F32", [3])]
write("tiny", whole)
write("doubles", whole[:3] + [("fc.bias", "F64", [3])])
write("damaged", whole, behind=-1)
