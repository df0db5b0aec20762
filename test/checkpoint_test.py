#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Decodes packed checkpoints by the words of docs/checkpoints.md alone, and compares with what `mase cast` computes.

Where the safetensors package is installed, its reader must open the files too.

Usage: checkpoint_test.py MASE ROOT
"""
import json
import math
import pathlib
import struct
import sys

from program import MODEL, SCRATCH, mase

weight = "model.layers.0.self_attn.k_proj.weight"


def read(path):
    """The tensors of a safetensors file: {name: (dtype, shape, bytes)}, and its metadata."""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + size])
    metadata = header.pop("__metadata__")
    data = content[8 + size :]
    return {n: (t["dtype"], t["shape"], data[slice(*t["data_offsets"])]) for n, t in header.items()}, metadata


def codes(data, width, count):
    number = int.from_bytes(data, "little")
    return [number >> width * i & (1 << width) - 1 for i in range(count)]


def small_float(exponent_bits, mantissa_bits):
    def value(code):
        sign = -1 if code >> (exponent_bits + mantissa_bits) else 1
        field, mantissa = code >> mantissa_bits & (1 << exponent_bits) - 1, code & (1 << mantissa_bits) - 1
        lead = 1 if field else 0
        return sign * (lead + mantissa / 2**mantissa_bits) * 2.0 ** (max(field, 1) - 2 ** (exponent_bits - 1) + 1)

    return value


def integer(width, fraction):
    return lambda code: (code - (code >> width - 1 << width)) * 2.0**-fraction


def power(bits):
    return lambda code: 2.0 ** (code - (2 ** (bits - 1) - 1))


def fp32(code):
    return struct.unpack("<f", struct.pack("<I", code))[0]


# name: dtype, bits and value of an element; the same of a scale; block rows and columns
formats = {
    "mxint3": ("U8", 3, integer(3, 1), "F8_E8M0", 8, power(8), 1, 32),
    "mxint8": ("I8", 8, integer(8, 6), "F8_E8M0", 8, power(8), 1, 32),
    "mxfp4": ("F4", 4, small_float(2, 1), "F8_E8M0", 8, power(8), 1, 32),
    "mxfp6_e3m2": ("F6_E3M2", 6, small_float(3, 2), "F8_E8M0", 8, power(8), 1, 32),
    "mxfp8_e4m3": ("F8_E4M3", 8, small_float(4, 3), "F8_E8M0", 8, power(8), 1, 32),
    "mxint5:16x2/e5": ("U8", 5, integer(5, 3), "U8", 5, power(5), 16, 2),
    "int8:row": ("I8", 8, integer(8, 0), "F32", 32, fp32, 1, 128),
    "nvfp4": ("F4", 4, small_float(2, 1), "F8_E4M3", 8, small_float(4, 3), 1, 16),
}

tensors, _ = read(pathlib.Path(MODEL) / "model.safetensors")
dtype, (rows, cols), data = tensors[weight]
assert dtype == "BF16"
values = [fp32(code << 16) for code in codes(data, 16, rows * cols)]
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {cols}), }}"
header += " " * (-(10 + len(header) + 1) % 64) + "\n"
npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
(SCRATCH / "x.npy").write_bytes(npy + struct.pack(f"<{rows * cols}f", *values))
for name, (tag, bits, element, scale_tag, scale_bits, scale, block_rows, block_cols) in formats.items():
    mase("cast", SCRATCH / "x.npy", "--format", name, "-o", SCRATCH / "y.npy")
    expected = struct.unpack(f"<{rows * cols}f", (SCRATCH / "y.npy").read_bytes()[-4 * rows * cols :])
    mase("quantize", MODEL, "--format", name, "-o", SCRATCH / "q")
    packed, metadata = read(SCRATCH / "q/model.safetensors")
    assert metadata[f"mase.format.{weight}"] == name and metadata[f"mase.shape.{weight}"] == f"{rows}x{cols}"
    assert packed[weight][0] == tag and packed[weight + "_scale"][0] == scale_tag, name
    if tag != "U8":
        assert packed[weight][1] == [rows, cols], name
    elements = [element(code) for code in codes(packed[weight][2], bits, rows * cols)]
    per_row = math.ceil(cols / block_cols)
    scales = [scale(c) for c in codes(packed[weight + "_scale"][2], scale_bits, math.ceil(rows / block_rows) * per_row)]
    outer = fp32(codes(packed[weight + "_scale_2"][2], 32, 1)[0]) if weight + "_scale_2" in packed else 1
    for i, x in enumerate(elements):
        block = i // cols // block_rows * per_row + i % cols // block_cols
        if x * scales[block] * outer != expected[i]:
            sys.exit(f"{name}: element {i} is {x * scales[block] * outer}, mase cast has {expected[i]}")
    try:
        import safetensors
    except ImportError:
        continue
    with safetensors.safe_open(SCRATCH / "q/model.safetensors", "np") as file:
        assert set(file.keys()) == set(packed) and file.metadata() == metadata
        assert file.get_slice(weight).get_dtype() == tag
        assert file.get_slice(weight).get_shape() == packed[weight][1]
print(f"{len(formats)} formats decode as documented")
