// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Greedy generation: the most likely next token, again and again.
///
/// Ties go to the smaller id. The prompt runs at once, then one token at a time through the KV cache; row independence
/// of the kernels makes both the same numbers.
#pragma once

#include "mase/runtime/plan.h"

#include <functional>

namespace mase {

struct GenerateOptions {
  int64_t tokens = 64;          // most to add
  std::vector<int32_t> stopIds; // any of these ends the text; it is kept in `ids`
};

/// Appends to `ids`; calls `onToken` with all ids after each. Ends at a stop id, at `tokens`, or when the context is
/// full. Errors  as Plan::run; an empty prompt is an InputError.
void generate(Plan &plan, const FormatAssignment &assignment, std::vector<int32_t> &ids, const GenerateOptions &options,
              const std::function<void(const std::vector<int32_t> &)> &onToken = {});

} // namespace mase
