// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/runtime/activations.h"

#include <algorithm>

namespace mase {
namespace {

class Recorder final : public Observer {
public:
  Recorder(int64_t rows, size_t linears) { recorded.rows = rows, recorded.values.resize(linears); }

  void onInput(int64_t firstSlot, ConstMatrixView input) override {
    std::vector<float> &values = recorded.values[static_cast<size_t>(firstSlot / 2)];
    for (int64_t r = 0; r < recorded.rows; ++r) {
      const float *row = input.row(r * input.rows / recorded.rows);
      values.insert(values.end(), row, row + input.cols);
    }
  }

  RecordedInputs recorded;
};

} // namespace

RecordedInputs recordInputs(Plan &plan, const FormatAssignment &assignment, std::span<const int32_t> ids,
                            int64_t rows) {
  plan.prepare(assignment);
  Recorder recorder(std::min(rows, static_cast<int64_t>(ids.size())), plan.slots().size() / 2);
  Sequence sequence(plan);
  plan.run(sequence, ids, assignment, {.observer = &recorder});
  return std::move(recorder.recorded);
}

} // namespace mase
