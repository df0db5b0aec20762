// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/bit_true_kernel.h"

#include "mase/ops/linear/bit_true.h"

namespace mase {
namespace {

class LinearKernel final : public BitTrueKernel {
public:
  LinearKernel(const OperatorDescription &op, const BitTrueFormats &formats)
      : linear_(config(op, formats), formats.weight->integers(op.constants.at(0).values), biasOf(op)) {}

  WideRows wide(const BitTrueCall &call) const override {
    const BlockIntegers &x = call.inputs[0]->rows;
    WideRows result(x.rows, linear_.config().outFeatures, bits_);
    std::vector<int32_t> exponent(static_cast<size_t>(x.rows));
    linear_.sums(x, result.sum.data(), exponent.data());
    for (int64_t r = 0; r < result.rows; ++r)
      std::fill_n(result.exponent.begin() + r * result.blocksPerRow(), result.blocksPerRow(),
                  exponent[static_cast<size_t>(r)]);
    return result;
  }

private:
  static LinearConfig config(const OperatorDescription &op, const BitTrueFormats &formats) {
    const ConstMatrixView weight = op.constants.at(0).values;
    LinearConfig config;
    config.inFeatures = weight.cols;
    config.outFeatures = weight.rows;
    config.input = formats.inputs.at(0);
    config.weight = formats.weight;
    config.output = formats.output; // of which the factor's bits follow (A23)
    config.hasBias = op.constants.size() > 1;
    return config;
  }
  static std::span<const float> biasOf(const OperatorDescription &op) {
    if (op.constants.size() < 2)
      return {};
    const ConstMatrixView bias = op.constants[1].values;
    return {bias.data, static_cast<size_t>(bias.rows * bias.cols)};
  }

  LinearBitTrue linear_;
  int bits_ = linearSumBits(linear_.config());
};

} // namespace

std::unique_ptr<BitTrueKernel> makeLinearBitTrue(const OperatorDescription &op, const BitTrueFormats &formats) {
  return std::make_unique<LinearKernel>(op, formats);
}

EdgeWish linearReads(const OperatorDescription &, size_t) { return {.kind = EdgeWish::Kind::slot}; }

} // namespace mase
