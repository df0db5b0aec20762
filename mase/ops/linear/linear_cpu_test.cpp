// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/linear_cpu.h"

#include "mase/formats/registry.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <cmath>
#include <gtest/gtest.h>

namespace mase {
namespace {

// More rows than one chunk, more weights than one group of panels, no size a multiple of anything.
constexpr int64_t rows = 203, in = 1003, out = 611;

struct Case {
  const char *weight, *input;
};

void PrintTo(const Case &c, std::ostream *out) { *out << c.weight << " " << c.input; }

class LinearKernel : public testing::TestWithParam<Case> {
protected:
  LinearKernel() {
    Random random(3);
    for (float &value : x_)
      value = static_cast<float>(std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(6))));
    for (float &value : w_)
      value = static_cast<float>(random.uniform() - 0.5);
    for (float &value : bias_)
      value = static_cast<float>(random.uniform());
    OperatorDescription description;
    description.constants = {{"w", {w_.data(), out, in}}, {"b", {bias_.data(), 1, out}}};
    kernel_ = makeLinear(description);
    kernel_->prepare(formats_);
  }
  ~LinearKernel() override { setThreads(0); }

  // Rows [first, first + count) of the result.
  std::vector<float> run(int64_t first, int64_t count) {
    std::vector<float> y(static_cast<size_t>(count * out), 42.0F);
    const TensorView input = {x_.data() + first * in, 1, count, in, in, in},
                     output = {y.data(), 1, count, out, out, out};
    kernel_->run({std::span(&input, 1), output, {}, first, formats_, 0, nullptr});
    return y;
  }

  std::vector<float> x_ = std::vector<float>(rows * in), w_ = std::vector<float>(out * in),
                     bias_ = std::vector<float>(out);
  std::vector<const Format *> formats_ = {&parseFormat(GetParam().weight), &parseFormat(GetParam().input)};
  std::unique_ptr<Kernel> kernel_;
};

TEST_P(LinearKernel, IsTheProductOfTheQuantizedValues) {
  const std::vector<float> y = run(0, rows);
  std::vector<float> x(x_.size()), w(w_.size());
  formats_[0]->fakeQuantize({w_.data(), out, in}, {w.data(), out, in});
  formats_[1]->fakeQuantize({x_.data(), rows, in}, {x.data(), rows, in});
  for (int64_t r = 0; r < rows; r += 11)
    for (int64_t o = 0; o < out; ++o) {
      double sum = bias_[static_cast<size_t>(o)], absolute = std::abs(sum);
      for (int64_t k = 0; k < in; ++k) {
        const double term =
            static_cast<double>(x[static_cast<size_t>(r * in + k)]) * w[static_cast<size_t>(o * in + k)];
        sum += term;
        absolute += std::abs(term);
      }
      ASSERT_NEAR(y[static_cast<size_t>(r * out + o)], sum, 1e-6 * absolute) << r << ", " << o;
    }
}

TEST_P(LinearKernel, NeitherThreadsNorRowsChangeABit) {
  setThreads(1);
  const std::vector<float> y = run(0, rows);
  setThreads(3);
  EXPECT_EQ(run(0, rows), y);
  for (int64_t first : {0, 95, 96, 202})
    EXPECT_EQ(run(first, 1), std::vector<float>(y.begin() + first * out, y.begin() + (first + 1) * out)) << first;
  EXPECT_EQ(run(90, 17), std::vector<float>(y.begin() + 90 * out, y.begin() + 107 * out));
}

// Bytes, words, bf16 and fp32, formats of weight and input apart.
INSTANTIATE_TEST_SUITE_P(Formats, LinearKernel,
                         testing::Values(Case{"mxint4", "mxint8"}, Case{"mxfp4:16x32", "mxfp6_e2m3"},
                                         Case{"mxint12", "mxint4"}, Case{"mxfp8_e4m3", "mxfp8_e5m2"},
                                         Case{"mxint4:16x2", "mxint4:1x16"}, Case{"int8", "mxint8"},
                                         Case{"mxint3", "fp32"}));

} // namespace
} // namespace mase
