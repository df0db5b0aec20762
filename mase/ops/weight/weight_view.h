// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a model's weight lies in a tensor of its files: some rows of it, its transpose, its numbers scaled and moved.
///
/// What the attributes of `mase.weight` say beside the name (weight.td). Fused projections (one tensor for q, k and v)
/// and matrices stored as (in, out) become plain weights by it, each with slots of its own. No MLIR.
#pragma once

#include "mase/ops/operator.h"

namespace mase {

struct WeightView {
  std::vector<int64_t> shape;             ///< of the weight: features, or out x in features
  std::vector<int64_t> stored;            ///< of the tensor in the file
  bool transposed = false;                ///< the file has (in, out)
  int64_t first = 0, run = 0, stride = 0; ///< rows of it: `run` of each `stride` from `first` on; run of 0: all
  double times = 1, plus = 0;             ///< what numbers are multiplied by, and what is then added

  /// Whether the weight is the stored tensor as it is.
  bool isPlain() const { return shape == stored && !transposed && run == 0 && times == 1 && plus == 0; }
  /// Whether it is whole rows of the stored tensor, their numbers as they are.
  bool isRows() const { return !transposed && times == 1 && plus == 0; }
  /// Differs for views that differ; for use as a key beside the tensor's name.
  std::string key() const;
};

/// The attributes of an operator `weight` whose result has that shape.
WeightView weightView(const OperatorDescription &weight, const std::vector<int64_t> &shape);

/// What is wrong with the view by itself, or an empty string: rows that do not lie in the tensor, shapes that do not
/// agree.
std::string whyNotAView(const WeightView &view);

/// The weight's numbers, out of the stored tensor's, both row-major.
std::vector<float> viewed(const WeightView &view, std::vector<float> stored);
/// The way back: puts the weight's numbers where they lie in the stored tensor's, whose others stay. Of a view that
/// scales or moves numbers they are rounded once more.
void putBack(const WeightView &view, std::span<const float> weight, std::span<float> stored);

} // namespace mase
