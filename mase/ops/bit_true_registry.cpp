// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/bit_true_operator.h"

#include "mase/ops/add/bit_true.h"
#include "mase/ops/cast/bit_true.h"
#include "mase/ops/embedding/bit_true.h"
#include "mase/ops/gelu/bit_true.h"
#include "mase/ops/kv_cache/bit_true.h"
#include "mase/ops/layer_norm/bit_true.h"
#include "mase/ops/linear/bit_true_kernel.h"
#include "mase/ops/matmul/bit_true.h"
#include "mase/ops/mul/bit_true.h"
#include "mase/ops/pool/bit_true.h"
#include "mase/ops/relu/bit_true.h"
#include "mase/ops/rms_norm/bit_true.h"
#include "mase/ops/rope/bit_true.h"
#include "mase/ops/silu/bit_true.h"
#include "mase/ops/softmax/bit_true.h"
#include "mase/ops/tanh/bit_true.h"

#include <numeric>

namespace mase {
namespace {

using Op = const OperatorDescription &;
using Formats = const BitTrueFormats &;
using Made = std::unique_ptr<BitTrueKernel>;

/// A kernel of what it is to call.
template <typename Wide>
class CallKernel final : public BitTrueKernel {
public:
  explicit CallKernel(Wide wide) : wide_(std::move(wide)) {}
  WideRows wide(const BitTrueCall &call) const override { return wide_(call); }

private:
  Wide wide_;
};

template <typename Wide>
Made kernel(Wide wide) {
  return std::make_unique<CallKernel<Wide>>(std::move(wide));
}

/// Operators whose integer model is a function of one row, or two.
template <WideRows (*f)(const Format &, const BlockIntegers &)>
Made unary(Op, Formats formats) {
  const Format &x = *formats.inputs.at(0);
  edgeBits(x);
  return kernel([&x](const BitTrueCall &call) { return f(x, call.inputs[0]->rows); });
}
Made gelu(Op op, Formats formats) {
  return op.attributeOr("tanh", false) ? unary<geluTanhBitTrue>(op, formats) : unary<geluBitTrue>(op, formats);
}
template <WideRows (*f)(const Format &, const BlockIntegers &, const Format &, const BlockIntegers &)>
Made binary(Op, Formats formats) {
  const Format &x = *formats.inputs.at(0), &y = *formats.inputs.at(1);
  edgeBits(x);
  edgeBits(y);
  return kernel([&x, &y](const BitTrueCall &call) { return f(x, call.inputs[0]->rows, y, call.inputs[1]->rows); });
}

std::span<const float> vectorOf(const Constant &constant) {
  return {constant.values.data, static_cast<size_t>(constant.values.rows * constant.values.cols)};
}

Made embedding(Op op, Formats formats) {
  const Format &table = *formats.weight;
  edgeBits(table);
  return kernel([&table, rows = table.integers(op.constants.at(0).values)](const BitTrueCall &call) {
    return widen(table, embeddingRows(rows, call.ids));
  });
}

Made positionEmbedding(Op op, Formats formats) {
  const Format &x = *formats.inputs.at(0), &table = *formats.weight;
  edgeBits(x);
  edgeBits(table);
  return kernel([&x, &table, rows = table.integers(op.constants.at(0).values),
                 offset = op.attribute<int64_t>("offset")](const BitTrueCall &call) {
    std::vector<int32_t> positions(static_cast<size_t>(call.inputs[0]->rows.rows));
    std::iota(positions.begin(), positions.end(), static_cast<int32_t>(call.position + offset));
    return addBitTrue(x, call.inputs[0]->rows, table, embeddingRows(rows, positions));
  });
}

Made tokenTypeEmbedding(Op op, Formats formats) {
  const Format &x = *formats.inputs.at(0), &table = *formats.weight;
  edgeBits(x);
  edgeBits(table);
  return kernel([&x, &table, rows = table.integers(op.constants.at(0).values)](const BitTrueCall &call) {
    const std::vector<int32_t> zeros(call.tokenTypes.empty() ? call.ids.size() : 0);
    return addBitTrue(x, call.inputs[0]->rows, table,
                      embeddingRows(rows, call.tokenTypes.empty() ? zeros : call.tokenTypes));
  });
}

Made rmsNorm(Op op, Formats formats) {
  const Format &x = *formats.inputs.at(0);
  edgeBits(x);
  return kernel([&x, norm = RmsNormBitTrue(op.attribute<double>("epsilon"), vectorOf(op.constants.at(0)))](
                    const BitTrueCall &call) { return norm(x, call.inputs[0]->rows); });
}

Made layerNorm(Op op, Formats formats) {
  const Format &x = *formats.inputs.at(0);
  edgeBits(x);
  return kernel([&x, norm = LayerNormBitTrue(op.attribute<double>("epsilon"), vectorOf(op.constants.at(0)),
                                             vectorOf(op.constants.at(1)))](const BitTrueCall &call) {
    return norm(x, call.inputs[0]->rows);
  });
}

Made rope(Op op, Formats formats) {
  const Format &x = *formats.inputs.at(0);
  edgeBits(x);
  return kernel([&x, turn = RopeBitTrue(op.inputs.at(0).cols, ropeAngles(op))](const BitTrueCall &call) {
    return turn(x, call.inputs[0]->rows, call.position);
  });
}

} // namespace

const std::vector<BitTrueEntry> &bitTrueOperators() {
  static const std::vector<BitTrueEntry> entries = {
      {.name = "embedding", .make = embedding, .choosesWeight = true},
      {.name = "position_embedding", .make = positionEmbedding, .choosesWeight = true},
      {.name = "token_type_embedding", .make = tokenTypeEmbedding, .choosesWeight = true},
      {.name = "linear", .make = makeLinearBitTrue, .reads = linearReads},
      {.name = "rms_norm", .make = rmsNorm},
      {.name = "layer_norm", .make = layerNorm},
      {.name = "rope", .make = rope},
      {.name = "kv_cache", .make = makeKvCacheBitTrue, .reads = kvCacheReads},
      {.name = "matmul", .make = makeMatmulBitTrue, .reads = matmulReads, .writes = matmulWrites},
      {.name = "softmax", .make = makeSoftmaxBitTrue, .writes = softmaxWrites},
      {.name = "silu", .make = unary<siluBitTrue>},
      {.name = "gelu", .make = gelu},
      {.name = "relu", .make = unary<reluBitTrue>},
      {.name = "tanh", .make = unary<tanhBitTrue>},
      {.name = "pool", .make = makePoolBitTrue, .reads = poolReads},
      {.name = "mul", .make = binary<mulBitTrue>},
      {.name = "add", .make = binary<addBitTrue>},
  };
  return entries;
}

const BitTrueEntry *findBitTrue(std::string_view name) {
  for (const BitTrueEntry &entry : bitTrueOperators())
    if (entry.name == name)
      return &entry;
  return nullptr;
}

void BitTrueKernel::run(const BitTrueCall &call, IntegerRows &output) const {
  castRows(*output.format, wide(call), output.rows);
}

} // namespace mase
