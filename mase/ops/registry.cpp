// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/registry.h"

#include "mase/ops/add/add_cpu.h"
#include "mase/ops/embedding/embedding_cpu.h"
#include "mase/ops/gelu/gelu_cpu.h"
#include "mase/ops/kv_cache/kv_cache_cpu.h"
#include "mase/ops/layer_norm/layer_norm_cpu.h"
#include "mase/ops/linear/linear_cpu.h"
#include "mase/ops/matmul/matmul_cpu.h"
#include "mase/ops/mul/mul_cpu.h"
#include "mase/ops/pool/pool_cpu.h"
#include "mase/ops/position_embedding/position_embedding_cpu.h"
#include "mase/ops/relu/relu_cpu.h"
#include "mase/ops/rms_norm/rms_norm_cpu.h"
#include "mase/ops/rope/rope_cpu.h"
#include "mase/ops/silu/silu_cpu.h"
#include "mase/ops/soft_cap/soft_cap_cpu.h"
#include "mase/ops/softmax/softmax_cpu.h"
#include "mase/ops/tanh/tanh_cpu.h"
#include "mase/ops/token_type_embedding/token_type_embedding_cpu.h"

namespace mase {

namespace {
bool isFull(const OperatorDescription &op) { return !op.attributeOr("causal", false); }
} // namespace

const std::vector<OperatorEntry> &operators() {
  using Kind = OperatorEntry::Kind;
  static const std::vector<OperatorEntry> entries = {
      {.name = "weight", .summary = "a tensor of the model's files, by reference", .kind = Kind::constant},
      {.name = "embedding", .summary = "rows of a table, chosen by token ids", .make = makeEmbedding},
      {.name = "linear",
       .summary = "x W^T + b, both operands in formats of their own",
       .make = makeLinear,
       .hasSlots = true},
      {.name = "rms_norm", .summary = "root-mean-square normalisation of each row", .make = makeRmsNorm},
      {.name = "layer_norm", .summary = "normalisation of each row by mean and variance", .make = makeLayerNorm},
      {.name = "position_embedding",
       .summary = "plus the row of a learned table that the position chooses",
       .make = makePositionEmbedding},
      {.name = "token_type_embedding",
       .summary = "plus the row of a learned table that the token's type chooses",
       .make = makeTokenTypeEmbedding},
      {.name = "rope", .summary = "rotary position embedding", .make = makeRope},
      {.name = "kv_cache", .summary = "all rows of the sequence so far", .make = makeKvCache, .keepsRows = true},
      {.name = "matmul",
       .summary = "product of two values, head by head",
       .make = makeMatmul,
       .byRows = false,
       .needsWholeSequence = isFull},
      {.name = "softmax",
       .summary = "softmax of each row, causal or full",
       .make = makeSoftmax,
       .needsWholeSequence = isFull},
      {.name = "silu", .summary = "x times its sigmoid", .make = makeSilu},
      {.name = "gelu", .summary = "x times the normal distribution function of x", .make = makeGelu},
      {.name = "relu", .summary = "max(x, 0)", .make = makeRelu},
      {.name = "tanh", .summary = "hyperbolic tangent", .make = makeTanh},
      {.name = "soft_cap", .summary = "each element bent to stay below a cap", .make = makeSoftCap},
      {.name = "mul", .summary = "element-wise product", .make = makeMul},
      {.name = "add", .summary = "element-wise sum", .make = makeAdd},
      {.name = "pool",
       .summary = "the row of the first token, or of the last",
       .make = makePool,
       .byRows = false,
       .needsWholeSequence = poolsFirst},
      {.name = "split_heads", .summary = "each row seen as heads", .kind = Kind::view},
      {.name = "merge_heads", .summary = "heads seen as one row", .kind = Kind::view},
      {.name = "cast", .summary = "a change of format", .kind = Kind::view},
  };
  return entries;
}

const OperatorEntry *findOperator(std::string_view name) {
  for (const OperatorEntry &entry : operators())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

} // namespace mase
