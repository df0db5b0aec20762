// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The packed fp32 matrix product behind every linear layer, in one thread by processor time, as a share of the peak of
// the processor's fused multiply-add; 512 rows by the shapes of llama-stories-1m and one larger.
//
//   bench_linear [REPETITIONS]     exit status 1, and no figure, when a product differs from the plain sum

#include "bench/harness/machine.h"
#include "bench/harness/ratio.h"
#include "bench/linear/peak.h"
#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/random.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>
#include <vector>

using namespace mase;
using namespace mase::bench;

namespace {

constexpr int64_t rows = 512, operations = 2'000'000'000;

std::vector<float> randomMatrix(uint64_t seed, int64_t elements) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(elements));
  for (float &value : values)
    value = static_cast<float>(random.uniform() * 2 - 1);
  return values;
}

bool isProduct(ConstMatrixView a, ConstMatrixView b, ConstMatrixView c) {
  for (int64_t r = 0; r < a.rows; r += 37)
    for (int64_t j = 0; j < b.rows; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < a.cols; ++k)
        sum += static_cast<double>(a.row(r)[k]) * b.row(j)[k];
      if (!(std::abs(sum - c.row(r)[j]) <= 1e-4 * std::sqrt(static_cast<double>(a.cols))))
        return false;
    }
  return true;
}

} // namespace

int main(int argc, char **argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 9;
  fmt::print("packed fp32 matrix product, {} rows, one thread, processor time; share of the multiply-add peak\n{}\n",
             rows, machine());
  const struct {
    int64_t out, in;
  } shapes[] = {{128, 128}, {64, 128}, {352, 128}, {128, 352}, {1024, 128}, {2048, 2048}};
  for (const auto [out, in] : shapes) {
    const std::vector<float> a = randomMatrix(1, rows * in), b = randomMatrix(2, out * in);
    std::vector<float> c(static_cast<size_t>(rows * out));
    const PackedMatrix packed = pack({b.data(), out, in});
    const ConstMatrixView x(a.data(), rows, in);
    const MatrixView y(c.data(), rows, out);
    multiply(x, packed, y);
    if (!isProduct(x, {b.data(), out, in}, y)) {
      fmt::print(stderr, "{} x {}: the product is wrong\n", out, in);
      return 1;
    }
    const int64_t times = std::max<int64_t>(1, operations / (2 * rows * out * in)), done = times * 2 * rows * out * in;
    auto product = [&] {
      for (int64_t i = 0; i < times; ++i)
        multiply(x, packed, y);
    };
    const std::vector<Timing> timings = measure(
        {{"peak", [&] { multiplyAddOnly(done); }, CLOCK_THREAD_CPUTIME_ID}, {"mase", product, CLOCK_THREAD_CPUTIME_ID}},
        repetitions);
    fmt::print("  {:4} x {:4} / peak   {}   {:.0f} GFLOP/s of {:.0f}\n", out, in, speedRatio(timings[1], timings[0]),
               1e-9 * static_cast<double>(done) / timings[1].best(),
               1e-9 * static_cast<double>(done) / timings[0].best());
  }
  return 0;
}
