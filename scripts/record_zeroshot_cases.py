#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Log-likelihoods of the answers to questions as Hugging Face's transformers compute them, by the words of docs/tasks.md.

Usage: record_zeroshot_cases.py MODEL DATA.jsonl [--joiner TEXT] [--limit N] [-o OUT.json] [--compare MASE]

Needs torch and transformers; each text is run alone, in fp32. OUT.json has, for each question, the split of every choice
(ids of the context, ids of the continuation) and its log-likelihood. --compare runs `mase eval` on the same questions and
fails unless log-likelihoods agree to 1e-3 and answers do wherever they are more than 2e-3 apart.
The files test/testdata/zeroshot_*.json are recorded by this script with models/llama-stories-1m.
"""
import argparse
import json
import subprocess
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

WHITE_SPACE = " \t\n\r\v\f"
parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("data")
parser.add_argument("--joiner", default=" ")
parser.add_argument("--limit", type=int)
parser.add_argument("-o", "--output")
parser.add_argument("--compare", metavar="MASE")
options = parser.parse_args()
joiner = options.joiner.replace("\\n", "\n")
torch.set_grad_enabled(False)
tokenizer = AutoTokenizer.from_pretrained(options.model)
model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
special = tokenizer("").input_ids


def choices_of(record):
    """Pairs (context, continuation), and the right one."""
    if "query" in record:
        return [(record["query"], choice) for choice in record["choices"]], record["gold"]
    if "context_options" in record:
        return [(context, record["continuation"]) for context in record["context_options"]], record["gold"]
    return [(record["context"], record["continuation"])], 0


def score(context, continuation):
    front = context + joiner
    context = front.rstrip(WHITE_SPACE)
    continuation = front[len(context) :] + continuation
    ids = lambda text: tokenizer(text, add_special_tokens=False).input_ids
    whole, split = ids(context + continuation), len(ids(context))
    split = min(split, len(whole) - 1)
    before, behind = special + whole[:split], whole[split:]
    all_ids = (before + behind)[-(model.config.max_position_embeddings + 1) :]
    logits = model(torch.tensor([all_ids[:-1]])).logits[0, -len(behind) :].double()
    targets = torch.tensor(behind)
    likely = torch.log_softmax(logits, -1).gather(1, targets[:, None]).sum().item()
    return {"context": before, "continuation": behind, "log_likelihood": likely,
            "greedy": bool((logits.argmax(-1) == targets).all())}


questions = []
with open(options.data) as file:
    for line in list(file)[: options.limit]:
        choices, gold = choices_of(json.loads(line))
        questions.append({"gold": gold, "choices": [score(*choice) for choice in choices]})
answers = [max(range(len(q["choices"])), key=lambda i: q["choices"][i]["log_likelihood"]) for q in questions]
print(f"{len(questions)} questions, accuracy {sum(a == q['gold'] for a, q in zip(answers, questions)) / len(questions):.4f}")
if options.output:
    with open(options.output, "w") as file:
        json.dump({"joiner": joiner, "questions": questions}, file)
        file.write("\n")
if options.compare:
    limit = ["--limit", str(options.limit)] if options.limit else []
    found = json.loads(subprocess.run([options.compare, "eval", options.model, "--data", options.data, "--joiner", options.joiner,
                                       "--json", *limit], capture_output=True, text=True, check=True).stdout)
    differences, others, wrong = [], 0, 0
    for question, answer, mine in zip(questions, answers, found["questions"], strict=True):
        theirs = [choice["log_likelihood"] for choice in question["choices"]]
        assert mine["tokens"] == [len(choice["continuation"]) for choice in question["choices"]], "another split"
        differences += [abs(a - b) for a, b in zip(theirs, mine["log_likelihoods"], strict=True)]
        if mine["answer"] != answer:
            others += 1
            wrong += theirs[answer] - theirs[mine["answer"]] > 2e-3
    print(f"mase: accuracy {found['accuracy']:.4f}; log-likelihoods differ by {sum(differences) / len(differences):.2e} "
          f"(mean), {max(differences):.2e} (largest); {others} other answers, {wrong} of them by more than 2e-3; {found['seconds']:.1f} s")
    sys.exit(max(differences) > 1e-3 or wrong > 0)
