// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/softmax_hardware.h"

#include <algorithm>
#include <fmt/format.h>

namespace mase {

ModuleParameters softmaxParameters(const SoftmaxBitTrue &softmax, const Format &score, int64_t heads, int64_t context,
                                   int64_t keys) {
  ModuleParameters result = tableParameters(*softmax.step().power);
  auto add = [&](const char *name, int64_t value) { result.emplace_back(name, fmt::format("{}", value)); };
  add("Heads", heads);
  add("Context", context);
  add("Keys", keys);
  add("Causal", softmax.isCausal() ? 1 : 0);
  add("InputBits", score.elementBits());
  add("Kappa", softmax.step().kappa);
  add("Shift", softmax.step().shift);
  return result;
}

int64_t exponentialBeats(const Format &probability, int64_t present, int64_t keys) {
  const int64_t whole = probability.scaleBits() == 0 ? keys : std::max(keys, WideRows::blockCols);
  return (present + whole - 1) / whole * whole / keys;
}

} // namespace mase
