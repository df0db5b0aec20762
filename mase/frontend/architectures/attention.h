// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Self-attention, grouped or not, with rotary positions or without: causal as decoders have it, or full (encoders).
///
/// `attend` is what lies between the projections; `projectedAttention` adds four separate linears around it. An
/// architecture with another projection (one linear for q, k and v) emits it itself and calls `attend`.
/// Source  Vaswani et al., Attention Is All You Need, 2017; groups: Ainslie et al., GQA, 2023
#pragma once

#include "mase/frontend/architectures/model_builder.h"
#include "mase/ops/rope/rope_angles.h"

#include <optional>

namespace mase {

struct AttentionOptions {
  int64_t heads = 0, kvHeads = 0;                ///< kvHeads divides heads
  int64_t headDim = 0;                           ///< even where there are rotary positions
  std::string output = {};                       ///< the last linear's name within the module: "o_proj"
  Bias bias = Bias::no;                          ///< of the linears for q, k and v
  std::optional<Bias> outputBias = std::nullopt; ///< of the last one, where that differs
  std::optional<RopeAngles> rope = std::nullopt; ///< rotary angles, where there are any
  bool causal = true;                            ///< a token sees those up to itself, else all
  int64_t window = 0;                            ///< and of these so many at most; 0: all
  std::optional<double> scale = std::nullopt;    ///< of the scores; else 1 / sqrt(headDim)
  double cap = 0;                                ///< that the scores are bent to stay below; 0: none
  /// The epsilon of the RMS norms of each head's q and k, module + ".q_norm" and ".k_norm", where there are any.
  std::optional<double> headNorms = std::nullopt;
};

/// softmax(q k^T / sqrt(headDim)) v of the rows of each head so far, or with full attention of all rows. q: tokens x
/// heads * headDim; k and v: tokens x kvHeads * headDim; the result is like q. Caches, which causal attention has, are
/// named module + ".k" and ".v".
mlir::Value attend(ModelBuilder &builder, const std::string &module, mlir::Value q, mlir::Value k, mlir::Value v,
                   const AttentionOptions &options);

/// The linears module + ".q_proj", ".k_proj" and ".v_proj" of x, `attend`, and the linear module + "." + output.
mlir::Value projectedAttention(ModelBuilder &builder, const std::string &module, mlir::Value x,
                               const AttentionOptions &options);

} // namespace mase
