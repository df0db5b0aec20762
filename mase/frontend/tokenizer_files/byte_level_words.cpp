// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/byte_level_words.h"

namespace mase {
namespace {

constexpr const char *gpt2Steps =
    R"([{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}])";
constexpr const char *nfc = R"({"type": "NFC"})";
constexpr const char *llama3Steps =
    R"j([{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}])j";

constexpr ByteLevelWords all[] = {
    {"gpt-2", gpt2Steps},
    {"olmo", gpt2Steps, false, nfc}, // GPT-NeoX and Pythia as well
    {"smollm",
     R"([{"type": "Digits", "individual_digits": true},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}])"},
    {"llama-bpe", llama3Steps, true},
    {"llama3", llama3Steps, true},
    {"llama-v3", llama3Steps, true},
    {"qwen2",
     R"j([{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}])j",
     false, nfc},
    {"tekken", // Mistral's since NeMo
     R"j([{"type": "Split", "behavior": "Isolated", "invert": false, "pattern": {"Regex":
         "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}])j",
     true},
};

} // namespace

std::span<const ByteLevelWords> allByteLevelWords() { return all; }

const ByteLevelWords *findByteLevelWords(std::string_view name) {
  for (const ByteLevelWords &one : all)
    if (one.name == name)
      return &one;
  return nullptr;
}

} // namespace mase
