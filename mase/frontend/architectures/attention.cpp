// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/attention.h"

#include "mase/ops/kv_cache/kv_cache_ir.h"
#include "mase/ops/matmul/matmul_ir.h"
#include "mase/ops/merge_heads/merge_heads_ir.h"
#include "mase/ops/rope/rope_ir.h"
#include "mase/ops/softmax/softmax_ir.h"
#include "mase/ops/split_heads/split_heads_ir.h"

#include <cmath>

namespace mase {

using namespace mlir;
using namespace mase::ir;

Value attend(ModelBuilder &b, const std::string &module, Value q, Value k, Value v, const AttentionOptions &options) {
  OpBuilder &builder = b.builder();
  Location loc = b.at(module);
  q = builder.create<SplitHeadsOp>(loc, q, options.heads);
  k = builder.create<SplitHeadsOp>(loc, k, options.kvHeads);
  v = builder.create<SplitHeadsOp>(loc, v, options.kvHeads);
  if (options.headNorms) {
    q = b.rmsNorm(module + ".q_norm", q, *options.headNorms);
    k = b.rmsNorm(module + ".k_norm", k, *options.headNorms);
  }
  if (options.rope) {
    q = builder.create<RopeOp>(loc, q, *options.rope);
    k = builder.create<RopeOp>(loc, k, *options.rope);
  }
  const bool causal = options.causal;
  if (causal) {
    k = builder.create<KvCacheOp>(loc, k, module + ".k");
    v = builder.create<KvCacheOp>(loc, v, module + ".v");
  }
  Value scores = builder.create<MatmulOp>(loc, q, k, MatmulOptions{.transposeRhs = true, .causal = causal});
  double scale = options.scale.value_or(1 / std::sqrt(static_cast<double>(options.headDim)));
  if (options.cap > 0) {
    scores = b.softCap(module, scores, scale, options.cap);
    scale = 1;
  }
  Value shares = builder.create<SoftmaxOp>(loc, scores,
                                           SoftmaxOptions{.scale = scale, .causal = causal, .window = options.window});
  Value mixed = builder.create<MatmulOp>(loc, shares, v, MatmulOptions{.transposeRhs = false, .causal = causal});
  return builder.create<MergeHeadsOp>(loc, mixed);
}

Value projectedAttention(ModelBuilder &b, const std::string &module, Value x, const AttentionOptions &options) {
  Value q = b.linear(module + ".q_proj", x, options.heads * options.headDim, options.bias);
  Value k = b.linear(module + ".k_proj", x, options.kvHeads * options.headDim, options.bias);
  Value v = b.linear(module + ".v_proj", x, options.kvHeads * options.headDim, options.bias);
  const int64_t features = cast<RankedTensorType>(x.getType()).getDimSize(1);
  return b.linear(module + "." + options.output, attend(b, module, q, k, v, options), features,
                  options.outputBias.value_or(options.bias));
}

} // namespace mase
