// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a text really gives at the input of every linear: the vectors that hardware is verified with.
///
/// Values are fp32, before the input's own quantisation, in a forward pass at the level that the assignment says.
#pragma once

#include "mase/runtime/plan.h"

namespace mase {

/// One matrix for each linear, in slot order: `rows` rows taken at equal distances from the window's tokens.
struct RecordedInputs {
  int64_t rows = 0;
  std::vector<std::vector<float>> values; // rows x in features of the linear
  ConstMatrixView of(size_t linear) const {
    return {values[linear].data(), rows, static_cast<int64_t>(values[linear].size()) / rows};
  }
};

/// Runs `ids` as one fresh sequence. `rows` is limited to the number of ids. Errors as Plan::run.
RecordedInputs recordInputs(Plan &plan, const FormatAssignment &assignment, std::span<const int32_t> ids, int64_t rows);

} // namespace mase
