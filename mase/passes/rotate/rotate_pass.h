// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The pass `rotate`: turns the residual stream, and the values of each head, by orthogonal matrices that are folded
/// into the weights. The float model computes the same, with no operator more.
///
/// Gains of norms go into the linears behind them, as a rotation does not commute with them; so do their biases, where
/// those linears have some. The rotation of a model with LayerNorms keeps the mean of a row, hence commutes with their
/// centring: the model stays what its architecture is.
/// Source  Ashkboos et al., QuaRot, 2024 (arXiv 2404.00456); SliceGPT, 2024 (arXiv 2401.15024)
#pragma once

#include "mase/passes/weights.h"

namespace mase {

struct RotateOptions {
  uint64_t seed = 1;
  bool stream = true, heads = true;
};

/// Errors  InputError: a stream that cannot be rotated (structure.h); a norm whose bias stays and that has a gain of
///         nearly zero.
void runRotate(Weights &weights, const RotateOptions &options);

} // namespace mase
