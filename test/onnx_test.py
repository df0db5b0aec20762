#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Exports of tiny models to ONNX compute what Hugging Face's own classes recorded, and what is otherwise is refused by name.

models/onnx holds them: of both of torch's exporters (scripts/record_onnx_models.py), of optimum's, with norms of an old opset taken apart, and
the same in fp16 (scripts/record_optimum_models.py). Logits are within 1e-4 of the largest. A changed config or a changed graph is refused in one
line.

Usage: onnx_test.py MASE ROOT
"""
import json
import os
import shutil
import struct
import subprocess

from program import MASE, SCRATCH, SOURCE, expect, mase, mase_json

MODELS = SOURCE / "models/onnx"
RELATIVE = 1e-4


def check(model):
    worst = 0
    for case in json.loads((model / "golden.json").read_text())["cases"]:
        options = ["--token-types", ",".join(map(str, case["token_type_ids"]))] if "token_type_ids" in case else []
        found = mase_json("logits", model, "--ids", ",".join(map(str, case["input_ids"])), *options)["last"]
        off = max(abs(a - b) for a, b in zip(found, case["last_logits"], strict=True))
        worst = max(worst, off / max(map(abs, case["last_logits"])))
    expect(worst <= RELATIVE, f"{model.name}: logits off by {worst} of the largest")
    print(f"{model.name}: logits within {worst:.2g} of the largest")


def refused(name, said, config=None, graph=None, model="llama-torchscript"):
    """A copy with other keys in its config, or with bytes of its graph replaced, is refused in one line that says so."""
    folder = SCRATCH / name
    shutil.copytree(MODELS / model, folder)
    os.chmod(folder, 0o755)
    if config:
        (folder / "config.json").write_text(json.dumps(json.loads((folder / "config.json").read_text()) | config))
    if graph:
        content = (folder / "model.onnx").read_bytes()
        expect(graph[0] in content and len(graph[0]) == len(graph[1]), f"{name}: nothing to replace")
        (folder / "model.onnx").unlink()
        (folder / "model.onnx").write_bytes(content.replace(*graph))
    result = subprocess.run([MASE, "import", folder / "model.onnx"], capture_output=True, text=True)
    lines = result.stderr.splitlines()
    expect(result.returncode == 2 and len(lines) == 1 and not result.stdout, f"{name}: {result.returncode} {result.stderr}")
    expect("model.onnx: " in lines[0] and said in lines[0], f"{name}: {lines[0]}")


folders = sorted(MODELS.iterdir())
expect(len(folders) == 13, "models/onnx holds others")
for folder in folders:
    check(folder)
# The file itself is a MODEL, too, and what is imported of it reads it again.
mase("import", MODELS / "gpt2-dynamo/model.onnx", "-o", SCRATCH / "m.mlir")
first = json.loads((MODELS / "gpt2-dynamo/golden.json").read_text())["cases"][0]
ids = ",".join(map(str, first["input_ids"]))
expect(mase_json("logits", SCRATCH / "m.mlir", "--ids", ids) == mase_json("logits", MODELS / "gpt2-dynamo", "--ids", ids),
       "what was imported differs")

refused("epsilon", "is not the mase.rms_norm of model.norm that the config describes", {"rms_norm_eps": 1e-5})
refused("angles", "is not the mase.rope of model.layers.1.self_attn", {"rope_parameters": {"rope_type": "default", "rope_theta": 9000.0}})
refused("slow_angles", "is not the mase.rope of model.layers.1.self_attn", {"rope_parameters": {
    "rope_type": "linear", "rope_theta": 10000.0, "factor": 1.01}})
refused("activation", "is not the mase.gelu of model.layers.1.mlp", {"hidden_act": "gelu"})
refused("heads", "is not the mase.", {"num_attention_heads": 2, "head_dim": 8, "num_key_value_heads": 1})
refused("layers", "is not the mase.", {"num_hidden_layers": 1})
refused("vocabulary", "its logits are 1x5x40, those of the config 5x41", {"vocab_size": 41})
refused("window", "following the graph takes 102 tokens (at most 64, and 1000 positions; windows of 100 must end in it)", {
    "model_type": "mistral", "architectures": ["MistralForCausalLM"], "sliding_window": 100, "max_position_embeddings": 1000})
refused("gelu", "is not the mase.gelu of transformer.h.1.mlp", {"activation_function": "gelu"}, model="gpt2-torchscript")
refused("taken_apart", "is not the mase.layer_norm of transformer.ln_f", {"layer_norm_epsilon": 1e-6}, model="gpt2-optimum")
refused("half", "is not the mase.layer_norm of transformer.ln_f", {"layer_norm_epsilon": 1e-6}, model="gpt2-half")
refused("half_gelu", "is not the mase.gelu of transformer.h.0.mlp", {"activation_function": "gelu"}, model="gpt2-half")
refused("operator", "(Sigmoix) is an operator that is not read (docs/onnx.md lists those that are)", graph=(b"\"\x07Sigmoid", b"\"\x07Sigmoix"))

missing = SCRATCH / "no-config"
missing.mkdir()
shutil.copy(MODELS / "gpt2-dynamo/model.onnx", missing)
result = subprocess.run([MASE, "import", missing / "model.onnx"], capture_output=True, text=True)
expect(result.returncode == 2 and "has no config.json beside it (optimum writes one; Hugging Face's own is right" in result.stderr, result.stderr)

adapter = SCRATCH / "adapter"
adapter.mkdir()
(adapter / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 1, "lora_alpha": 1,
                                                         "target_modules": ["q_proj"], "base_model_name_or_path": "x"}))
(adapter / "adapter_model.safetensors").write_bytes(struct.pack("<Q", 2) + b"{}")
result = subprocess.run([MASE, "import", f"{adapter}@{MODELS}/llama-dynamo"], capture_output=True, text=True)
said = "the tensors of an ONNX file have no names of their own (an adapter's base is a directory or a GGUF file"
expect(result.returncode == 2 and said in result.stderr, result.stderr)
