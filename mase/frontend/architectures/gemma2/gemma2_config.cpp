// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/gemma2/gemma2_config.h"

#include "mase/support/error.h"

#include <cmath>

namespace mase {
namespace {

/// Null is none; absent is another number of the class.
double readCap(const JsonObject &config, const char *key) {
  if (!config.value().contains(key))
    fail("{}: {} is missing (null says that there is no cap)", config.file(), config.nameOf(key));
  const double cap = config.find(key) ? config.number(key) : 0;
  if (config.find(key) && (!(cap > 0) || !std::isfinite(cap)))
    fail("{}: {} is {} (a cap above 0, or null)", config.file(), config.nameOf(key), cap);
  return cap;
}

} // namespace

Gemma2Config readGemma2Config(const JsonObject &config) {
  checkNeutral(config, {{"attention_bias", false}, {"mlp_bias", false}, {"use_bidirectional_attention", false}});
  Gemma2Config gemma = {readRotaryDecoder(
      config, {.modelType = "gemma2", .tied = true, .saysHeadDim = true, .activation = "hidden_activation"})};
  readWindows(
      config, readWindow(config), [](int64_t layer) { return layer % 2 == 0; }, gemma);
  const double queries = config.number("query_pre_attn_scalar");
  if (!(queries > 0) || !std::isfinite(queries))
    fail("{}: query_pre_attn_scalar is {} (a number above 0 is right)", config.file(), queries);
  gemma.scale = 1 / std::sqrt(queries);
  gemma.attentionCap = readCap(config, "attn_logit_softcapping");
  gemma.logitCap = readCap(config, "final_logit_softcapping");
  return gemma;
}

} // namespace mase
