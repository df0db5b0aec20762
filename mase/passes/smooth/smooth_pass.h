// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Three passes that give features another size, place or origin, so that blocks of activations hold numbers that are
/// alike. The float model computes the same, with no operator more.
///
///   smooth   divides a feature of activations by s and multiplies its column of the weights by s, s = a^alpha /
///            w^(1 - alpha) with a and w the largest magnitudes of both
///   reorder  sorts the inner features of an MLP by the size of their activations
///   centre   moves the mean of a feature into the bias of the linear that reads it, where there is one
///
/// Factors move through norms, through ReLU, from `up` into `down` beside a gate, and from values through attention
/// into its output; means through LayerNorms and through attention, whose shares sum to one. Source  Xiao et al.,
/// SmoothQuant, 2022 (arXiv 2211.10438); Wei et al., Outlier Suppression+, 2023 (arXiv 2304.09145);
///         Yuan et al., RPTQ, 2023 (arXiv 2304.01089)
#pragma once

#include "mase/passes/layerwise.h"

namespace mase {

struct SmoothOptions {
  double alpha = 0.5;
  bool norms = true, pairs = true; ///< behind norms; from linear to linear
};

// Errors, of all: as Plan::run. `windows` are read by the float model.
void runSmooth(Weights &weights, Layerwise::Windows windows, const SmoothOptions &options);
void runReorder(Weights &weights, Layerwise::Windows windows);
void runCentre(Weights &weights, Layerwise::Windows windows);

} // namespace mase
