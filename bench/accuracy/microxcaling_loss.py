#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The loss of a LLaMA whose linears read weights and inputs through microxcaling's quantiser: what `mase eval --format` is held against.

Its own forward pass in PyTorch, nothing of MASE's but the tokenizer. Needs a Python with torch and safetensors, and microxcaling on
PYTHONPATH. Usage: microxcaling_loss.py MASE MODEL TEXT FORMAT..., formats as microxcaling names them (fp8_e4m3, int8, ...) or fp32.
"""
import json
import math
import subprocess
import sys
from pathlib import Path

import torch
from mx.mx_ops import _quantize_mx
from safetensors.torch import load_file

WINDOW = 512


class Llama:
    def __init__(self, folder, fmt):
        self.config = json.loads((folder / "config.json").read_text())
        self.tensors = {name: tensor.float() for name, tensor in load_file(folder / "model.safetensors").items()}
        self.format, self.quantised = fmt, {}

    def quantise(self, x):
        if self.format == "fp32":
            return x
        return _quantize_mx(x, scale_bits=8, elem_format=self.format, block_size=32, axes=[-1], round="even",
                            shared_exp_method="max", flush_fp32_subnorms=False)

    def linear(self, x, name):
        if name not in self.quantised:
            self.quantised[name] = self.quantise(self.tensors[name + ".weight"])
        return self.quantise(x) @ self.quantised[name].T

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.config["rms_norm_eps"]) * self.tensors[name + ".weight"]

    def rotate(self, x):
        tokens, _, features = x.shape
        steps = self.config["rope_parameters"]["rope_theta"] ** (-torch.arange(0, features, 2).float() / features)
        angle = (torch.arange(tokens).float()[:, None] * steps)[:, None]
        low, high = x[..., : features // 2], x[..., features // 2:]
        return torch.cat([low * angle.cos() - high * angle.sin(), high * angle.cos() + low * angle.sin()], -1)

    def attention(self, x, name):
        heads, groups, features = (self.config[key] for key in ("num_attention_heads", "num_key_value_heads", "head_dim"))
        tokens = len(x)
        q = self.rotate(self.linear(x, name + ".q_proj").view(tokens, heads, features))
        k = self.rotate(self.linear(x, name + ".k_proj").view(tokens, groups, features)).repeat_interleave(heads // groups, 1)
        v = self.linear(x, name + ".v_proj").view(tokens, groups, features).repeat_interleave(heads // groups, 1)
        hidden = torch.triu(torch.full((tokens, tokens), -math.inf), 1)
        shares = (torch.einsum("ihd,jhd->hij", q, k) / math.sqrt(features) + hidden).softmax(-1)
        return self.linear(torch.einsum("hij,jhd->ihd", shares, v).reshape(tokens, -1), name + ".o_proj")

    def logits(self, ids):
        x = self.tensors["model.embed_tokens.weight"][ids]
        for i in range(self.config["num_hidden_layers"]):
            layer = f"model.layers.{i}"
            x = x + self.attention(self.norm(x, layer + ".input_layernorm"), layer + ".self_attn")
            n = self.norm(x, layer + ".post_attention_layernorm")
            gated = torch.nn.functional.silu(self.linear(n, layer + ".mlp.gate_proj")) * self.linear(n, layer + ".mlp.up_proj")
            x = x + self.linear(gated, layer + ".mlp.down_proj")
        return self.linear(self.norm(x, "model.norm"), "model.embed_tokens")


mase, model, text, *formats = sys.argv[1:]
ids = json.loads(subprocess.run([mase, "tokenize", model, text, "--json"], capture_output=True, check=True).stdout)["ids"]
with torch.no_grad():
    for fmt in formats:
        llama, losses = Llama(Path(model), fmt), []
        for start in range(0, len(ids) - WINDOW, WINDOW):
            window = torch.tensor(ids[start: start + WINDOW + 1])
            losses.append(torch.nn.functional.cross_entropy(llama.logits(window[:-1]), window[1:]).item())
        print(f"{fmt} {sum(losses) / len(losses):.5f} nats a token, {len(losses)} windows", flush=True)
