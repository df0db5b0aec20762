// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Rotary positions out of a config, of both generations of the file.
///
/// `rope_parameters` (transformers 5), or `rope_theta`, `rope_scaling` and `partial_rotary_factor` (before); where
/// several say something, they must agree. Read: rope_type default, linear and llama3. Others change what is computed
/// and are refused, and so is every key that the type does not have. Source  transformers' modeling_rope_utils
#pragma once

#include "mase/frontend/json.h"
#include "mase/ops/rope/rope_angles.h"

namespace mase {

/// What differs from architecture to architecture.
struct RopeKeys {
  std::optional<double> theta = std::nullopt; ///< what absent keys mean; none: the file must say it
  const char *olderTheta = nullptr;           ///< one more name of rope_theta
  bool partial = false;                       ///< heads may turn in part
  double share = 1;                           ///< and this is the part when the file is silent
  const char *olderShare = nullptr;           ///< one more name of partial_rotary_factor
};

/// Errors  InputError with file, key and value.
RopeAngles readRope(const JsonObject &config, int64_t headDim, const RopeKeys &keys);

} // namespace mase
