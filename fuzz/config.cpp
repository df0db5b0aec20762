// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"
#include "mase/frontend/architectures/bert/bert_config.h"
#include "mase/frontend/architectures/distilbert/distilbert_config.h"
#include "mase/frontend/architectures/gemma2/gemma2_config.h"
#include "mase/frontend/architectures/gpt2/gpt2_config.h"
#include "mase/frontend/architectures/gpt_neox/gpt_neox_config.h"
#include "mase/frontend/architectures/llama/llama_config.h"
#include "mase/frontend/architectures/mistral/mistral_config.h"
#include "mase/frontend/architectures/opt/opt_config.h"
#include "mase/frontend/architectures/phi3/phi3_config.h"
#include "mase/frontend/architectures/qwen2/qwen2_config.h"
#include "mase/frontend/architectures/qwen3/qwen3_config.h"
#include "mase/frontend/architectures/roberta/roberta_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  using namespace mase;
  return fuzz::read([&] {
    const Json json = parseJson("config.json", fuzz::textOf(data, size));
    const JsonObject config("config.json", json);
    const auto readers = {
        +[](const JsonObject &c) { readLlamaConfig(c); },   +[](const JsonObject &c) { readOptConfig(c); },
        +[](const JsonObject &c) { readBertConfig(c); },    +[](const JsonObject &c) { readMistralConfig(c); },
        +[](const JsonObject &c) { readQwen2Config(c); },   +[](const JsonObject &c) { readQwen3Config(c); },
        +[](const JsonObject &c) { readGpt2Config(c); },    +[](const JsonObject &c) { readGptNeoxConfig(c); },
        +[](const JsonObject &c) { readRobertaConfig(c); }, +[](const JsonObject &c) { readDistilBertConfig(c); },
        +[](const JsonObject &c) { readPhi3Config(c); },    +[](const JsonObject &c) { readGemma2Config(c); }};
    for (const auto &reader : readers)
      fuzz::read([&] { reader(config); });
  });
}
