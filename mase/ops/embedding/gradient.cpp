// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/added_rows_gradient.h"
#include "mase/ops/gradient_registry.h"

namespace mase {

gradients::Made gradients::embedding(const OperatorDescription &) {
  return addedRowsGradient(
      [](const GradientCall &call, int64_t token) -> int64_t { return call.ids[static_cast<size_t>(token)]; });
}

} // namespace mase
