// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Level 3 of `rms_norm`: the integers that the hardware computes, bit for bit (docs/operators.md, O9 to O12).
///
/// Made once for its constants, then called for any rows, which run in parallel. Thread-safe. No MLIR.
#pragma once

#include "mase/ops/norm_rows.h"

namespace mase {

class RmsNormBitTrue : public NormRows {
public:
  /// gain  one a feature
  RmsNormBitTrue(double epsilon, std::span<const float> gain) : NormRows(Centering::none, epsilon, gain, {}) {}
};

} // namespace mase
