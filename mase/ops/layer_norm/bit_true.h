// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `layer_norm`: the integers that the hardware computes, bit for bit (docs/operators.md, O9 to O12).
///
/// Made once for its constants, then called for any rows, which run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/norm_rows.h"

namespace mase {

class LayerNormBitTrue : public NormRows {
public:
  /// gain, offset  one a feature
  LayerNormBitTrue(double epsilon, std::span<const float> gain, std::span<const float> offset)
      : NormRows(Centering::mean, epsilon, gain, offset) {}
};

} // namespace mase
