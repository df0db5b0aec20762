// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/norm_gradient.h"

#include <cmath>

namespace mase {
namespace {

constexpr int64_t lanes = 16;

// The sum of term(c) over [0, cols), in lanes that the compiler adds side by side.
template <typename Term>
float sumOf(int64_t cols, const Term &term) {
  float partial[lanes] = {};
  int64_t c = 0;
  for (; c + lanes <= cols; c += lanes)
    for (int64_t i = 0; i < lanes; ++i)
      partial[i] += term(c + i);
  float sum = 0;
  for (; c < cols; ++c)
    sum += term(c);
  for (float part : partial)
    sum += part;
  return sum;
}

class NormGradient final : public GradientKernel {
public:
  NormGradient(const OperatorDescription &description, NormKind kind)
      : gain_(description.constants.at(0).values),
        epsilon_(static_cast<float>(description.attribute<double>("epsilon"))), kind_(kind) {}

  void run(const GradientCall &call) const override {
    const int64_t cols = call.by.cols;
    thread_local std::vector<float> memory;
    memory.assign(static_cast<size_t>(3 * cols), 0.0F);
    float *normal = memory.data(), *gain = normal + cols, *offset = gain + cols;
    const TensorView &x = call.inputs[0], &dx = call.inputGradients[0];
    for (int64_t h = 0; h < x.heads; ++h)
      for (int64_t r = 0; r < x.rows; ++r) {
        const float *by = call.by.head(h).row(r);
        const float factor = normalize(x.head(h).row(r), normal, cols);
        if (dx.data)
          inputGradient(by, normal, factor, dx.head(h).row(r), cols);
        for (int64_t c = 0; c < cols; ++c) {
          gain[c] += by[c] * normal[c];
          offset[c] += by[c];
        }
      }
    call.inOrder([&] {
      add(gain, call.constantGradients[0], cols);
      if (kind_ == NormKind::meanAndVariance)
        add(offset, call.constantGradients[1], cols);
    });
  }

private:
  static void add(const float *sum, MatrixView to, int64_t cols) {
    if (to.data)
      for (int64_t c = 0; c < cols; ++c)
        to.data[c] += sum[c];
  }
  // Writes the row's n and returns its f.
  float normalize(const float *x, float *normal, int64_t cols) const {
    const auto count = static_cast<float>(cols);
    const float mean = kind_ == NormKind::meanAndVariance ? sumOf(cols, [&](int64_t c) { return x[c]; }) / count : 0.0F;
    const float squares = sumOf(cols, [&](int64_t c) { return (x[c] - mean) * (x[c] - mean); });
    const float factor = 1.0F / std::sqrt(squares / count + epsilon_);
    for (int64_t c = 0; c < cols; ++c)
      normal[c] = (x[c] - mean) * factor;
    return factor;
  }

  void inputGradient(const float *by, const float *normal, float factor, float *dx, int64_t cols) const {
    const float *gain = gain_.data;
    const auto count = static_cast<float>(cols);
    const float along = sumOf(cols, [&](int64_t c) { return by[c] * gain[c] * normal[c]; }) / count;
    const float mean =
        kind_ == NormKind::meanAndVariance ? sumOf(cols, [&](int64_t c) { return by[c] * gain[c]; }) / count : 0.0F;
    for (int64_t c = 0; c < cols; ++c)
      dx[c] = factor * (by[c] * gain[c] - mean - normal[c] * along);
  }

  ConstMatrixView gain_;
  float epsilon_;
  NormKind kind_;
};

} // namespace

std::unique_ptr<GradientKernel> normGradient(const OperatorDescription &description, NormKind kind) {
  return std::make_unique<NormGradient>(description, kind);
}

} // namespace mase
