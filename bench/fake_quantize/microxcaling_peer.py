#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fake quantisation by microsoft/microxcaling on the CPU, in one thread, as its users call it.

Usage: microxcaling_peer.py ROWS COLS     (fake_quantize.cpp starts it; `mx` must be importable)

Reads ROWS x COLS fp32 from the file that the first line of its input names. Answers each further line, an element format of
microxcaling's, with the sum of the quantised matrix's magnitudes.
"""
import sys

import numpy
import torch
from mx.mx_ops import _quantize_mx

rows, cols = map(int, sys.argv[1:3])
torch.set_num_threads(1)
print("ready", flush=True)
x = torch.from_numpy(numpy.fromfile(sys.stdin.readline().strip(), dtype=numpy.float32).reshape(rows, cols))
print("read", flush=True)
for line in sys.stdin:
    y = _quantize_mx(x, 8, line.strip(), axes=[-1], block_size=32, round="even")
    print(y.abs().sum(dtype=torch.float64).item(), flush=True)
