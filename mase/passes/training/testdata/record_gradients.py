# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records gradients of the models in models/ as PyTorch computes them, in double precision: gradients.json.

Of each tensor: the norm of its gradient and the sum of g[i] * cos(0.37 i + 1), which tells wrong places and signs.
Usage: record_gradients.py SOURCE_FOLDER > gradients.json      (torch, transformers, safetensors)
"""
import json
import pathlib
import sys

import torch
from safetensors import safe_open
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

TOKENS = 20
torch.manual_seed(0)
root = pathlib.Path(sys.argv[1]) / "models"
folders = [root / "llama-stories-1m", root / "opt-stories-1m", root / "bert-tiny"] + sorted((root / "families").iterdir())
records = []
for folder in folders:
    config = AutoConfig.from_pretrained(folder)
    classifies = "SequenceClassification" in (config.architectures or [""])[0]
    kind = AutoModelForSequenceClassification if classifies else AutoModelForCausalLM
    model = kind.from_pretrained(folder, attn_implementation="eager").double().eval()
    ids = [(7 * i * i + 11 * i) % (config.vocab_size - 8) + 6 for i in range(TOKENS + 1)]
    if classifies:
        logits = model(torch.tensor([ids[:TOKENS]])).logits
        targets = [1]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
    else:
        logits = model(torch.tensor([ids[:TOKENS]])).logits[0]
        targets = ids[1:]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
    loss.backward()
    with safe_open(folder / "model.safetensors", "pt") as file:
        names = set(file.keys())
    tensors = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        if config.model_type == "gpt_neox":
            name = name.replace("lm_head", "embed_out")
        stored = next((n for n in sorted(names) if n == name or name.endswith("." + n)), None)
        if stored is None:
            print(f"{folder.name}: {name} is no tensor of the file", file=sys.stderr)
            continue
        g = parameter.grad.flatten()
        along = torch.cos(0.37 * torch.arange(g.numel(), dtype=torch.float64) + 1)
        tensors[stored] = [float(f"{x:.7g}") for x in (g.norm().item(), (g * along).sum().item())]
    records.append({"model": str(folder.relative_to(root)), "ids": ids[:TOKENS], "targets": targets,
                    "loss": float(f"{loss.item():.8g}"), "gradients": tensors})
print("[\n" + ",\n".join(json.dumps(r) for r in records) + "\n]")
