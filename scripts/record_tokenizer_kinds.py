#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trains tiny tokenizers of every kind on the story model's text, and records what Hugging Face's `tokenizers` makes of odd texts.

Needs `pip install tokenizers sentencepiece`. Writes mase/frontend/testdata/tokenizers/KIND.json: `base` is a tokenizer.json;
each other member changes some of its parts (as patched() does) and has cases [text, ids, ids without special tokens, decoded, decoded
with special tokens]. sentencepiece.json has files of SentencePiece's own (BPE and unigram) and what its library makes of the texts.
"""
import base64
import json
import pathlib
import sys
import tempfile

import sentencepiece
import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

root = pathlib.Path(__file__).resolve().parent.parent
story = (root / "models/llama-stories-1m/eval.txt").read_text()[:60000]
folder = root / "mase/frontend/testdata/tokenizers"
folder.mkdir(exist_ok=True)

texts = [
    "", " ", "   ", "a", "Once upon a time", " leading", "trailing ", "two  spaces   three", "\n", "a\n\nb\r\n c\t\td", "It's 42, we'll go!?",
    "3 14 1592 \u0663\u0664 \u00bd \u2167 \u4e09", "na\u00efve caf\u00e9 cafe\u0301 \u00df\u017f \u0130I \u01c5 \ufb01 \u2460 \uff21\uff22", "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0 \u4e2d\u6587\uff0c\u5168\u89d2",
    "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0939\u093f\u0928\u094d\u0926\u0940", "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea!",
    "a\u00a0b\u2003c\u3000d\u200be\u2028f\u0085g", "zero\u0000byte \ufeffbom \ufffd \ue000", "x=y+z; if(a!=b){return~c;} // <<>> \\ \"q\" `b` #$%^&*",
    "<s>", "a<s>b</s>c", "<s> <s> x </s> ", "<0x41> <0xE2>", "\u2581marked\u2581 \u2581\u2581x", "...!!!???", "the the the", "a_b-c d--e \u2014 f",
    "Lily and Tom were best friends.\n\"Can we play?\" asked Lily, 123 times!  \n", "@@ @@@ @ <m> x<m>y <M> Tim Timmy \u00e9x\u00c9x ex <k> a <k>", "   \n  x  \n   ", "Hello, world! ",
]  # fmt: skip


def added(id, content, **options):
    token = {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False}
    return token | {"normalized": False, "special": True} | options


def template(first, last=()):
    piece = lambda t: {"SpecialToken": {"id": t[0], "type_id": 0}}
    known = {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in [*first, *last]}
    single = [piece(t) for t in first] + [{"Sequence": {"id": "A", "type_id": 0}}] + [piece(t) for t in last]
    return {"type": "TemplateProcessing", "single": single, "pair": [{"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": known}


def patched(base, patch):
    """A merge patch, but an object with a type takes the other's place."""
    if not isinstance(patch, dict) or not isinstance(base, dict) or "type" in patch:
        return patch
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = patched(result.get(key, {}), value) if isinstance(value, dict) else value
    return result


def cases(tokenizer):
    for text in texts:
        ids = tokenizer.encode(text).ids
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        yield [text, ids, plain, tokenizer.decode(ids), tokenizer.decode(ids, skip_special_tokens=False)]


def whole(spec):
    """The library wants members that it otherwise takes for null."""
    return {"truncation": None, "padding": None, "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None} | spec


def record(name, base, variants):
    lines = ['"what": "ids by Hugging Face tokenizers %s; scripts/record_tokenizer_kinds.py"' % tokenizers.__version__]
    lines.append('"base": %s' % json.dumps(base, separators=(",", ":")))
    for title, change in variants.items():
        tokenizer = Tokenizer.from_str(json.dumps(whole(patched(base, change))))
        entry = {"change": change, "cases": list(cases(tokenizer))}
        lines.append("%s: %s" % (json.dumps(title), json.dumps(entry, separators=(",", ":"))))
    target = folder / (name + ".json")
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"{target}: {len(variants)} tokenizers, {target.stat().st_size} bytes")


def spec_of(tokenizer):
    spec = json.loads(tokenizer.to_str())
    return {key: value for key, value in spec.items() if value is not None}


MORE = lambda first: [
    added(first, "@@", special=False), added(first + 1, "@@@", normalized=True, special=False), added(first + 2, "<m>", lstrip=True, single_word=True),
    added(first + 3, "Tim", single_word=True, special=False), added(first + 4, "<k>", rstrip=True, normalized=True), added(first + 5, "\u00c9x", normalized=True, special=False),
]  # fmt: skip

# SentencePiece's BPE: as LLaMA 2, Gemma and Mistral have it.
BYTES = ["<0x%02X>" % b for b in range(256)]
METASPACE = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
tokenizer.train_from_iterator([story], trainers.BpeTrainer(vocab_size=540, special_tokens=["<unk>", "<s>", "</s>", *BYTES], show_progress=False, limit_alphabet=60))
base = spec_of(tokenizer)
base["added_tokens"] = [added(i, t) for i, t in enumerate(["<unk>", "<s>", "</s>"])]
base["pre_tokenizer"] = None
base = {key: value for key, value in base.items() if value is not None}
replace = lambda pattern, content: {"type": "Replace", "pattern": pattern, "content": content}
base["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, replace({"String": " "}, "\u2581")]}
FALLBACK = [replace({"String": "\u2581"}, " "), {"type": "ByteFallback"}, {"type": "Fuse"}]
base["decoder"] = {"type": "Sequence", "decoders": [*FALLBACK, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
base["post_processor"] = template([("<s>", 1)])
record("llama", base, {
    "Llama 2": {},
    "Mistral, since 3": {"normalizer": None, "pre_tokenizer": METASPACE | {"prepend_scheme": "first", "split": False}},
    "Gemma": {
        "normalizer": replace({"String": " "}, "\u2581"),
        "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        "decoder": {"type": "Sequence", "decoders": FALLBACK},
    },
    "added tokens": {"added_tokens": base["added_tokens"] + MORE(540), "post_processor": template([("<s>", 1)], [("</s>", 2)])},
    "unknown ones, each": {"model": {"byte_fallback": False, "fuse_unk": False}, "post_processor": None},
    "unknown ones, in runs": {"model": {"byte_fallback": False, "fuse_unk": True}, "pre_tokenizer": METASPACE | {"prepend_scheme": "never"},
        "normalizer": {"type": "NFKD"}, "decoder": METASPACE | {"prepend_scheme": "never"}},
    "whole words": {"model": {"ignore_merges": True}, "pre_tokenizer": METASPACE, "normalizer": {"type": "Strip", "strip_left": True, "strip_right": False},
        "decoder": {"type": "Sequence", "decoders": [METASPACE, {"type": "Strip", "content": "e", "start": 2, "stop": 0}, {"type": "ByteFallback"}]}},
})  # fmt: skip

# Byte-level BPE: what the story model's cases leave out.
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.train_from_iterator([story], trainers.BpeTrainer(vocab_size=330, special_tokens=["<s>", "<pad>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
tokenizer.decoder = decoders.ByteLevel()
base = spec_of(tokenizer)
roberta = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False}
qwen = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
tekken = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
split = lambda pattern, behavior, invert=False: {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}
sequence = lambda *steps: {"type": "Sequence", "pretokenizers": list(steps)}
record("byte_level", base, {
    "Qwen 2": {"normalizer": {"type": "NFC"}, "pre_tokenizer": sequence(split(qwen, "Isolated"), level)},
    "Tekken": {"pre_tokenizer": sequence(split(tekken, "Isolated"), level), "model": {"ignore_merges": True}},
    "RoBERTa": {"post_processor": roberta, "added_tokens": base["added_tokens"] + MORE(330), "normalizer": {"type": "NFKC"}},
    "merged with the previous": {"pre_tokenizer": sequence(split(r"[aeiou ]", "MergedWithPrevious"), level)},
    "contiguous": {"pre_tokenizer": sequence(split(r"[aeiou ]", "Contiguous"), level), "decoder": None},
    "inverted, words": {"pre_tokenizer": sequence(split(r"\w+|[^\w\s]+", "MergedWithPrevious", True), level)},
    "bytes by the normalizer": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "ByteLevel"}]}, "pre_tokenizer": sequence(split("\u0120", "MergedWithNext"))},
})  # fmt: skip

# Unigram, as T5 and XLM-R have it; the replacements are a few of SentencePiece's.
own = {}  # SentencePiece's own files
with tempfile.TemporaryDirectory() as scratch:
    rules = "FB01\t66 69\nFF21\t41\n2460\t31\n3000\t20\nA0\t20\n2003\t20\nA\t20\nD\t20\n9\t20\n200B\t\n65 301\tE9\nC9\t45\nDF\t73 73\n1F468\t40\n200D\t\n"
    pathlib.Path(scratch, "rules.tsv").write_text(rules)
    pathlib.Path(scratch, "story.txt").write_text(story)
    common = dict(input=f"{scratch}/story.txt", minloglevel=2, num_threads=1)
    sentencepiece.SentencePieceTrainer.train(model_prefix=f"{scratch}/u", model_type="unigram", vocab_size=400, normalization_rule_tsv=f"{scratch}/rules.tsv", user_defined_symbols="<u>", **common)
    sentencepiece.SentencePieceTrainer.train(model_prefix=f"{scratch}/b", model_type="bpe", vocab_size=620, normalization_rule_name="identity", byte_fallback=True, remove_extra_whitespaces=False, **common)
    own["words"] = pathlib.Path(scratch, "u.model").read_bytes()
    own["pieces"] = pathlib.Path(scratch, "b.model").read_bytes()


def charsmap(content):
    """The normalizer's replacements, and the pieces with their scores."""
    from sentencepiece import sentencepiece_model_pb2 as proto

    model = proto.ModelProto()
    model.ParseFromString(content)
    return base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode(), [[p.piece, p.score] for p in model.pieces]


coded, pieces = charsmap(own["words"])
base = {
    "version": "1.0", "added_tokens": [added(i, t) for i, t in enumerate(["<unk>", "<s>", "</s>"])],
    "normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": coded}, {"type": "Strip", "strip_left": False, "strip_right": True}, replace({"Regex": " {2,}"}, "\u2581")]},
    "pre_tokenizer": METASPACE, "decoder": METASPACE, "post_processor": template([], [("</s>", 2)]),
    "model": {"type": "Unigram", "unk_id": 0, "vocab": pieces, "byte_fallback": False},
}  # fmt: skip
record("unigram", base, {
    "T5": {},
    "white space first": {"pre_tokenizer": sequence({"type": "WhitespaceSplit"}, METASPACE), "added_tokens": base["added_tokens"] + MORE(400)},
    "bytes": {"model": {"byte_fallback": True, "vocab": pieces + [[b, -20.0] for b in BYTES]}, "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, METASPACE]}},
    "NMT": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Nmt"}, {"type": "NFKC"}]}, "pre_tokenizer": METASPACE | {"prepend_scheme": "never", "split": False}},
})  # fmt: skip

# Words.
words = Tokenizer(models.WordLevel(unk_token="[UNK]"))
words.pre_tokenizer = pre_tokenizers.Whitespace()
words.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()])
words.train_from_iterator([story], trainers.WordLevelTrainer(vocab_size=300, special_tokens=["[UNK]", "[CLS]", "[SEP]", "<s>"], show_progress=False))
base = spec_of(words)
record("word_level", base, {
    "words": {"post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}},
    "accents that stay": {"normalizer": {"type": "Lowercase"}, "pre_tokenizer": sequence({"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "MergedWithNext"}), "added_tokens": base["added_tokens"] + MORE(300)},
    "digits": {"normalizer": None, "pre_tokenizer": sequence({"type": "Digits", "individual_digits": False}, {"type": "Punctuation", "behavior": "Contiguous"}, {"type": "CharDelimiterSplit", "delimiter": " "})},
})  # fmt: skip

# WordPiece behind other normalizers and pre-tokenizers than BERT's.
piece = Tokenizer(models.WordPiece(unk_token="[UNK]"))
piece.normalizer = normalizers.BertNormalizer()
piece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
piece.decoder = decoders.WordPiece()
piece.train_from_iterator([story], trainers.WordPieceTrainer(vocab_size=400, special_tokens=["[UNK]", "[CLS]", "[SEP]", "<s>"], show_progress=False, limit_alphabet=40))
base = spec_of(piece)
record("word_piece", base, {
    "normalized added tokens": {"added_tokens": base["added_tokens"] + MORE(400)},
    "other words": {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}, "pre_tokenizer": {"type": "Whitespace"}, "decoder": {"cleanup": False}},
})  # fmt: skip

# SentencePiece's own ids of its own files.
result = {"what": "ids by sentencepiece %s; scripts/record_tokenizer_kinds.py" % sentencepiece.__version__}
for name, content in own.items():
    model = sentencepiece.SentencePieceProcessor(model_proto=content)
    control = ("<s>", "</s>", "<unk>", "\u2581")  # text to SentencePiece, tokens to Hugging Face; the mark of a space
    rows = []
    for text in texts:
        if not any(c in text for c in control):
            ids = model.encode(text)
            rows.append([text, ids, model.decode(ids)])
    result[name] = {"file": base64.b64encode(content).decode(), "cases": rows}
(folder / "sentencepiece.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
for path in sorted(folder.iterdir()):
    print(path.name, path.stat().st_size, file=sys.stderr)
