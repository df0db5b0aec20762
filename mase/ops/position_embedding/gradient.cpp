// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/added_rows_gradient.h"
#include "mase/ops/gradient_registry.h"

namespace mase {

gradients::Made gradients::positionEmbedding(const OperatorDescription &description) {
  const auto offset = description.attribute<int64_t>("offset");
  return addedRowsGradient([offset](const GradientCall &, int64_t token) { return token + offset; });
}

} // namespace mase
