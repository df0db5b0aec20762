// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A model that reads a text one linear after the other: what stands at a linear's input is seen, the linear may be
/// changed, and the text moves on through what it has become.
///
/// All windows move together; each is run by one thread. Memory: the values of all windows at once. The last linear
/// (the head) is stopped at but never run.
#pragma once

#include "mase/passes/weights.h"

#include <memory>

namespace mase {

class Layerwise {
public:
  using Windows = std::span<const std::span<const int32_t>>;

  /// `weights` and the windows live as long as this. `assignment` has one format a slot.
  Layerwise(const Weights &weights, Windows windows, FormatAssignment assignment);

  /// Runs all that stands in front of step `step`, which becomes the next one.
  void runTo(size_t step);
  size_t windows() const { return windows_.size(); }
  /// A value of a window that was computed and is still to be read.
  ConstMatrixView value(size_t window, int value) const;
  /// The same as a linear reads it: in the format of slot `slot`.
  std::vector<float> quantized(size_t window, int value, int64_t slot) const;
  const FormatAssignment &assignment() const { return assignment_; }
  int64_t firstSlot(size_t step) const { return slots_[step]; }

private:
  Windows windows_;
  FormatAssignment assignment_;
  Plan plan_;
  std::vector<int64_t> slots_; // for each step of the whole graph
  std::vector<Sequence> sequences_;
  size_t next_ = 0;
};

/// h += a^T b, over rows. Parallel, the same bits for any number of threads.
void addProduct(MatrixView h, ConstMatrixView a, ConstMatrixView b);

} // namespace mase
