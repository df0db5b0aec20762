// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The numbers of `mase.adamw`: one step of AdamW on a part of a weight.
///
/// m and v are the running means of gradient and squared gradient, corrected for their start from zero; the decay does
/// not pass through them. Every element is computed by itself, so that parts may run in any order. Thread-safe on
/// parts. Source  Loshchilov and Hutter, Decoupled weight decay regularization, 2019, algorithm 2
#pragma once

#include <cstdint>

namespace mase {

struct AdamWSettings {
  double rate = 1e-3; ///< of this step
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double decay = 0;    ///< share of the rate that weights lose each step
  double gradient = 1; ///< what gradients are multiplied by first (clipping)
  int64_t step = 1;    ///< from 1
};

void adamw(const AdamWSettings &settings, const float *gradient, float *m, float *v, float *weight, int64_t count);

} // namespace mase
