// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The angles of `rope`: what a pair of features turns by from one position to the next.
///
/// One definition for the config's readers, the IR and all levels of arithmetic. No MLIR.
/// Source  Su et al., RoFormer, 2021; the scalings: transformers' modeling_rope_utils (rope_type linear and llama3)
#pragma once

#include "mase/ops/operator.h"

#include <optional>

namespace mase {

struct RopeAngles {
  /// Waves longer than positions / low are stretched by the factor, those shorter than positions / high are not, and in
  /// between the two are mixed. high > low > 0.
  struct Llama3 {
    double low = 0, high = 0, positions = 0;
    bool operator==(const Llama3 &) const = default;
  };
  double theta = 10000;         ///< base, above 0
  int64_t rotary = 0;           ///< features of a head that turn, its first ones; even; 0: all
  double factor = 1;            ///< positions are divided by it, above 0
  std::optional<Llama3> llama3; ///< but only as far as this says
  bool operator==(const RopeAngles &) const = default;
};

/// The attributes of the operator.
RopeAngles ropeAngles(const OperatorDescription &op);

/// Of heads of so many features.
inline int64_t rotaryFeatures(const RopeAngles &angles, int64_t headDim) {
  return angles.rotary > 0 ? angles.rotary : headDim;
}

/// Radians a position, one for each pair (j, j + half) of the `half` + `half` features that turn.
std::vector<double> ropeFrequencies(const RopeAngles &angles, int64_t headDim);

} // namespace mase
