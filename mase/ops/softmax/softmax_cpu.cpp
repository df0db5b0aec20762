// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/softmax/softmax_cpu.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "mase/ops/softmax/softmax_cpu.cpp"
// foreach_target.h comes first, whatever the alphabet says.
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace mase::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// softmax over x[0, keys); zeros in y[keys, cols).
void softmaxRow(const float *x, float scale, float *y, int64_t keys, int64_t cols) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const int64_t whole = keys / lanes * lanes;
  auto largest = hn::Set(f, x[0]);
  for (int64_t i = 0; i < whole; i += lanes)
    largest = hn::Max(largest, hn::LoadU(f, x + i));
  float maximum = hn::GetLane(hn::MaxOfLanes(f, largest));
  for (int64_t i = whole; i < keys; ++i)
    maximum = std::max(maximum, x[i]);

  const auto factor = hn::Set(f, scale), top = hn::Set(f, maximum);
  const auto exponential = [&](auto v) { return hn::Exp(f, hn::Mul(hn::Sub(v, top), factor)); };
  auto sums = hn::Zero(f);
  for (int64_t i = 0; i < whole; i += lanes) {
    const auto e = exponential(hn::LoadU(f, x + i));
    sums = hn::Add(sums, e);
    hn::StoreU(e, f, y + i);
  }
  float sum = hn::GetLane(hn::SumOfLanes(f, sums));
  if (whole < keys) {
    HWY_ALIGN float edge[16] = {};
    std::copy(x + whole, x + keys, edge);
    hn::Store(exponential(hn::Load(f, edge)), f, edge);
    for (int64_t i = whole; i < keys; ++i)
      sum += y[i] = edge[i - whole];
  }
  const float reciprocal = 1.0F / sum;
  for (int64_t i = 0; i < whole; i += lanes)
    hn::StoreU(hn::Mul(hn::LoadU(f, y + i), hn::Set(f, reciprocal)), f, y + i);
  for (int64_t i = whole; i < keys; ++i)
    y[i] *= reciprocal;
  std::fill(y + keys, y + cols, 0.0F);
}

// Scores in steps of 2^-12 (O14), and the exponentials of their distances from the greatest (O15).
void storedExponentials(const float *x, float scale, float *y, int64_t keys) {
  const hn::CappedTag<float, 16> f;
  const auto lanes = static_cast<int64_t>(hn::Lanes(f));
  const auto factor = hn::Set(f, scale * 4096.0F), most = hn::Set(f, 8388607.0F), unit = hn::Set(f, 1 / 4096.0F);
  const auto score = [&](auto v) {
    return hn::Mul(hn::Round(hn::Max(hn::Min(hn::Mul(v, factor), most), hn::Neg(most))), unit);
  };
  const auto forEach = [&](auto visit) {
    int64_t i = 0;
    for (; i + lanes <= keys; i += lanes)
      hn::StoreU(visit(hn::LoadU(f, x + i), hn::LoadU(f, y + i)), f, y + i);
    for (; i < keys; ++i)
      y[i] = hn::GetLane(visit(hn::Set(f, x[i]), hn::Set(f, y[i])));
  };
  auto largest = hn::Set(f, -8192.0F);
  forEach([&](auto in, auto) {
    const auto v = score(in);
    largest = hn::Max(largest, v);
    return v;
  });
  const auto top = hn::Set(f, hn::GetLane(hn::MaxOfLanes(f, largest)));
  forEach([&](auto, auto v) { return hn::Exp(f, hn::Sub(v, top)); });
}

} // namespace mase::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mase {
HWY_EXPORT(softmaxRow);
HWY_EXPORT(storedExponentials);
namespace {

class Softmax final : public Kernel {
public:
  explicit Softmax(const OperatorDescription &description)
      : scale_(static_cast<float>(description.attributeOr("scale", 1.0))),
        causal_(description.attributeOr("causal", false)), window_(description.attributeOr<int64_t>("window", 0)) {}

  bool quantizesOutput() const override { return true; }

  void run(const KernelCall &call) const override {
    if (call.edge)
      return runAsStored(call);
    const auto kernel = HWY_DYNAMIC_DISPATCH(softmaxRow);
    const TensorView &x = call.inputs[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r) {
        const int64_t keys = causal_ ? std::min(call.position + r + 1, x.cols) : x.cols;
        const int64_t hidden = hiddenKeys(keys);
        float *out = call.output.head(h).row(r);
        std::fill(out, out + hidden, 0.0F);
        kernel(x.head(h).row(r) + hidden, scale_, out + hidden, keys - hidden, x.cols - hidden);
      }
  }

private:
  /// Of the keys up to a token's own, those left of its window.
  int64_t hiddenKeys(int64_t keys) const { return window_ > 0 ? std::max<int64_t>(0, keys - window_) : 0; }

  /// As hardware stores them: what is quantised are the exponentials, below their sum's division (O15, O16); a row of
  /// them shares its blocks with no other.
  void runAsStored(const KernelCall &call) const {
    const auto exponentials = HWY_DYNAMIC_DISPATCH(storedExponentials);
    const TensorView &x = call.inputs[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r) {
        const int64_t keys = causal_ ? std::min(call.position + r + 1, x.cols) : x.cols;
        const float *in = x.head(h).row(r);
        float *out = call.output.head(h).row(r);
        const int64_t hidden = hiddenKeys(keys);
        std::fill(out, out + hidden, 0.0F);
        exponentials(in + hidden, scale_, out + hidden, keys - hidden);
        const MatrixView row(out, 1, keys, keys);
        call.edge->fakeQuantize(row, row);
        float sum = 0;
        for (int64_t i = 0; i < keys; ++i)
          sum += out[i];
        for (int64_t i = 0; i < keys; ++i)
          out[i] /= sum;
        std::fill(out + keys, out + x.cols, 0.0F);
      }
  }

  float scale_;
  bool causal_;
  int64_t window_; // keys that a token sees; 0: all
};

} // namespace

std::unique_ptr<Kernel> makeSoftmax(const OperatorDescription &description) {
  return std::make_unique<Softmax>(description);
}

} // namespace mase
#endif
