// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/bit_true.h"

#include "mase/ops/cast/bit_true.h"

#include "mase/support/error.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mase {
namespace {

constexpr int fraction = 15;     // of the exponentials
constexpr int argumentBits = 16; // of the table of powers of two
const TabulatedFunction power = {"power", [](double z) { return std::exp2(-z); }, fraction, argumentBits};
constexpr const char *format = "fixed<17,15>";

} // namespace

ExponentialScale exponentialScale(double scale) {
  int exponent = 0;
  const double significand = std::frexp(scale * std::numbers::log2e, &exponent); // in [1/2, 1)
  return {static_cast<int64_t>(std::nearbyint(std::ldexp(significand, 16))), exponent - 16};
}

SoftmaxBitTrue::SoftmaxBitTrue(const OperatorDescription &op, const BitTrueFormats &formats)
    : causal_(op.attributeOr("causal", false)), plain_(formats.output->name() == format),
      window_(op.attributeOr<int64_t>("window", 0)) {
  const Format &score = *formats.inputs.at(0);
  if (!score.hasIntegers() || score.scaleBits() > 0 || score.scaleReach() != ScaleReach::none)
    fail("scores in format '{}' have no exponential (fixed<W,F> would be right)", score.name());
  edgeBits(*formats.output);
  const ExponentialScale scale = exponentialScale(op.attributeOr("scale", 1.0));
  step_ = {&functionTable(power), scale.kappa, -int64_t{score.operand().minExponent} - scale.exponent - argumentBits};
}

WideRows SoftmaxBitTrue::wide(const BitTrueCall &call) const {
  BlockIntegers shares;
  exponentials(call, shares);
  WideRows result(shares.rows, shares.cols, fraction + 2);
  std::copy(shares.q.begin(), shares.q.end(), result.sum.begin());
  std::fill(result.exponent.begin(), result.exponent.end(), -fraction);
  return result;
}

void SoftmaxBitTrue::exponentials(const BitTrueCall &call, BlockIntegers &result) const {
  const IntegerRows &x = *call.inputs[0];
  const int64_t rows = x.rows.rows / x.heads, keys = x.rows.cols;
  result.rows = x.rows.rows, result.cols = keys;
  result.block = {std::max<int64_t>(x.rows.rows, 1), std::max<int64_t>(keys, 1)};
  result.exponent = {-fraction};
  result.shift.clear();
  result.q.resize(x.rows.q.size());
  parallelFor(x.rows.rows, [&](int64_t at) {
    const int64_t last = causal_ ? std::min(call.position + at % rows + 1, keys) : keys;
    int32_t *share = result.q.data() + at * keys;
    const int64_t hidden = window_ > 0 ? std::max<int64_t>(0, last - window_) : 0;
    std::fill_n(share, hidden, 0);
    mase::exponentials(step_, x.rows.q.data() + at * keys + hidden, last - hidden, share + hidden);
    std::fill(share + last, share + keys, 0);
  });
}

void SoftmaxBitTrue::run(const BitTrueCall &call, IntegerRows &output) const {
  output.heads = call.inputs[0]->heads;
  if (plain_)
    exponentials(call, output.rows);
  else
    castRows(*output.format, wide(call), output.rows);
}

std::unique_ptr<BitTrueKernel> makeSoftmaxBitTrue(const OperatorDescription &op, const BitTrueFormats &formats) {
  return std::make_unique<SoftmaxBitTrue>(op, formats);
}

EdgeWish softmaxWrites(const OperatorDescription &) { return {EdgeWish::Kind::named, format}; }

} // namespace mase
