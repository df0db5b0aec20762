// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/fusion.h"

#include "mase/ops/matmul/attention_cpu.h"

namespace mase {

const std::vector<Fusion> &fusions() {
  static const std::vector<Fusion> entries = {
      {{"matmul", "softmax", "matmul"}, makeAttention},
  };
  return entries;
}

} // namespace mase
