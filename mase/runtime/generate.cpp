// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/generate.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {

void generate(Plan &plan, const FormatAssignment &assignment, std::vector<int32_t> &ids, const GenerateOptions &options,
              const std::function<void(const std::vector<int32_t> &)> &onToken) {
  if (ids.empty())
    fail("the prompt is empty (at least one token is needed)");
  plan.prepare(assignment);
  Sequence sequence(plan);
  std::vector<int32_t> chunk = ids;
  for (int64_t added = 0; added < options.tokens; ++added) {
    const ConstMatrixView logits = plan.run(sequence, chunk, assignment);
    const float *last = logits.row(logits.rows - 1);
    const auto next = static_cast<int32_t>(std::max_element(last, last + logits.cols) - last);
    ids.push_back(next);
    if (onToken)
      onToken(ids);
    if (std::find(options.stopIds.begin(), options.stopIds.end(), next) != options.stopIds.end() ||
        sequence.position() == plan.maxRows())
      return;
    chunk = {next};
  }
}

} // namespace mase
