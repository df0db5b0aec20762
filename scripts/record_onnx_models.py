#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Remakes models/onnx: tiny random models of Hugging Face's classes as torch.onnx exports them, with what they compute.

Each folder holds config.json, model.onnx (of one also model.onnx_data) and golden.json: the logits that the class itself
computes, and the versions of all that took part. NAME-torchscript is made by the exporter of TorchScript (dynamo=False),
NAME-dynamo by that of torch.export, whose notes about Python's stack are taken out to keep the files small.

Needs torch, transformers, onnx and onnxscript. Usage: record_onnx_models.py [FOLDER]
"""
import json
import os
import pathlib
import shutil
import sys
import warnings

import onnx
import onnxscript
import torch
import transformers
from transformers import (BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM,
                          OPTConfig, OPTForCausalLM)

warnings.filterwarnings("ignore")
OPSETS = {"torchscript": 17, "dynamo": 20}
VOCABULARY, POSITIONS = 40, 32
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=4, max_position_embeddings=POSITIONS, tie_word_embeddings=False)),
    "gpt2": (GPT2LMHeadModel, GPT2Config(
        vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=POSITIONS, bos_token_id=0, eos_token_id=0)),
    "opt": (OPTForCausalLM, OPTConfig(
        vocab_size=VOCABULARY, hidden_size=16, ffn_dim=24, num_hidden_layers=2, num_attention_heads=4, word_embed_proj_dim=16,
        max_position_embeddings=POSITIONS, pad_token_id=1, bos_token_id=2, eos_token_id=2)),
    "bert": (BertForSequenceClassification, BertConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=POSITIONS, num_labels=3)),
}


class Logits(torch.nn.Module):
    """The logits alone, of inputs in the order in which they are exported."""

    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *inputs):
        return self.model(**dict(zip(self.names, inputs))).logits


def example(name, length):
    ids = torch.randint(3, VOCABULARY, (1, length))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if name == "bert":
        inputs["token_type_ids"] = (torch.arange(length) >= length // 2).long()[None]
    return inputs


def export(name, model, exporter, path):
    inputs = example(name, 7)
    names, arguments = list(inputs), tuple(inputs.values())
    if exporter == "torchscript":
        axes = {key: {0: "batch", 1: "sequence"} for key in names}
        torch.onnx.export(Logits(model, names), arguments, path, dynamo=False, input_names=names, output_names=["logits"],
                          dynamic_axes=axes, opset_version=OPSETS[exporter])
        return
    sequence = torch.export.Dim("sequence", min=2, max=POSITIONS - 2)
    shapes = {"inputs": tuple({1: sequence} for _ in names)}
    torch.onnx.export(Logits(model, names), arguments, path, dynamo=True, input_names=names, output_names=["logits"],
                      dynamic_shapes=shapes, opset_version=OPSETS[exporter], external_data=False)
    proto = onnx.load(path)
    del proto.graph.value_info[:]
    for part in [proto, proto.graph, *proto.graph.node, *proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        del part.metadata_props[:]
    if name == "opt":  # one with its numbers outside
        onnx.save(proto, path, save_as_external_data=True, all_tensors_to_one_file=True, location="model.onnx_data", size_threshold=256)
    else:
        onnx.save(proto, path)


def golden(name, model):
    cases = []
    for length in (5, 12):
        inputs = example(name, length)
        with torch.no_grad():
            logits = model(**inputs).logits
        last = logits[0] if name == "bert" else logits[0, -1]
        case = {"input_ids": inputs["input_ids"][0].tolist(), "last_logits": [round(float(x), 7) for x in last]}
        if name == "bert":
            case["token_type_ids"] = inputs["token_type_ids"][0].tolist()
        cases.append(case)
    versions = {module.__name__: module.__version__ for module in (torch, transformers, onnx, onnxscript)}
    return {"cases": cases, "versions": versions}


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "models/onnx")
    for name, (kind, config) in MODELS.items():
        torch.manual_seed(len(name))
        config.architectures, config.use_cache, config.dtype = [kind.__name__], False, "float32"
        model = kind(config).eval()
        for parameter in model.parameters():  # biases and gains are constant when they are new
            parameter.data += 0.1 * torch.randn_like(parameter)
        recorded = golden(name, model)
        for exporter in OPSETS:
            folder = root / f"{name}-{exporter}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            config.to_json_file(folder / "config.json")
            export(name, model, exporter, str(folder / "model.onnx"))
            (folder / "golden.json").write_text(json.dumps(recorded | {"exporter": exporter, "opset": OPSETS[exporter]}, indent=1) + "\n")
            print(folder.name, sum(os.path.getsize(path) for path in folder.iterdir()))


main()
