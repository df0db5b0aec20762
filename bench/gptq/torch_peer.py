#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""GPTQ of one linear to mxint4 in PyTorch: a column at a time, lazily over batches of 128 columns, as the paper describes.

Usage: torch_peer.py FILE OUT IN DAMPING     (gptq.cpp starts it; FILE holds weights and second moments, fp32)
Answers each line of its input, a number of threads, with the squared error of the first 64 outputs.
"""
import sys

import torch

BLOCK, BATCH = 32, 128


def gptq(weight, moments, damping):
    w, h = weight.clone(), moments.clone()
    q = torch.empty_like(w)
    h.diagonal().add_(damping * h.diagonal().mean())
    u = torch.linalg.cholesky(torch.cholesky_inverse(torch.linalg.cholesky(h)), upper=True)
    columns = w.shape[1]
    for first in range(0, columns, BATCH):
        last = min(first + BATCH, columns)
        # Columns are rows here: each is contiguous.
        part, inner = w[:, first:last].t().contiguous(), u[first:last, first:last]
        errors, rounded = torch.empty_like(part), torch.empty_like(part)
        for i in range(last - first):
            if (first + i) % BLOCK == 0:
                largest = part[i : i + BLOCK].abs().amax(0)
                step = torch.exp2(torch.floor(torch.log2(largest.clamp_min(1e-30)))) / 4
            rounded[i] = torch.clamp(torch.round(part[i] / step), -7, 7) * step
            errors[i] = (part[i] - rounded[i]) / inner[i, i]
            part[i:] -= inner[i, i:].unsqueeze(1) * errors[i].unsqueeze(0)
        q[:, first:last] = rounded.t()
        w[:, last:].addmm_(errors.t(), u[first:last, last:], alpha=-1)
    return q


def main():
    path, out, inputs, damping = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    values = torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32)
    weight, moments = values[: out * inputs].view(out, inputs), values[out * inputs :].view(inputs, inputs)
    print(f"torch {torch.__version__}", flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            torch.set_num_threads(int(line))
            difference = (gptq(weight, moments, damping) - weight)[:64]
            print(float((difference @ moments * difference).sum()), flush=True)


if __name__ == "__main__":
    main()
