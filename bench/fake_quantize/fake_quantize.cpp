// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fake quantisation of a 4096 x 4096 fp32 matrix in one thread, as a ratio to a copy of the same matrix.
//
//   bench_fake_quantize [REPETITIONS]     exit status 1, and no figure, when an output differs from the reference

#include "bench/fake_quantize/peers.h"
#include "bench/harness/machine.h"
#include "bench/harness/ratio.h"
#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <gnu/libc-version.h>
#include <hwy/aligned_allocator.h>
#include <vector>

using namespace mase;
using namespace mase::bench;

namespace {

constexpr int64_t size = 4096;

std::vector<float> weightLike() {
  Random random(1);
  std::vector<float> values(static_cast<size_t>(size * size));
  for (float &value : values)
    value = static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
  return values;
}

bool sameBits(const float *a, const std::vector<float> &b) {
  return std::memcmp(a, b.data(), b.size() * sizeof(float)) == 0;
}

} // namespace

int main(int argc, char **argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 15;
  const std::vector<float> input = weightLike();
  const auto output = hwy::AllocateAligned<float>(input.size());
  const ConstMatrixView x(input.data(), size, size);
  const MatrixView y(output.get(), size, size);

  fmt::print(
      "fake quantisation, {0} x {0} fp32, one thread, processor time; speed relative to memcpy (glibc {1})\n{2}\n",
      size, gnu_get_libc_version(), machine());
  for (const int bits : {4, 8}) {
    std::vector<float> expected(input.size());
    dynamic_cast<const BlockFormat &>(parseFormat(fmt::format("mxint{}", bits)))
        .reference(x, {expected.data(), size, size});
    quantizeWithMase(bits, x, y);
    std::vector<float> inPlace = input;
    const MatrixView self(inPlace.data(), size, size);
    quantizeWithMase(bits, self, self);
    if (!sameBits(output.get(), expected) || !sameBits(inPlace.data(), expected)) {
      fmt::print(stderr, "mxint{}: the kernel differs from the reference quantiser\n", bits);
      return 1;
    }
    // All write to the same memory: where in the machine a matrix lies changes its speed by a tenth.
    // What is quantised stays as it is when quantised again: every repetition in place does the same work.
    const clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
    const std::vector<Timing> timings =
        measure({{"memcpy", [&] { copyWithMemcpy(x, y); }, clock},
                 {"mase", [&] { quantizeWithMase(bits, x, y); }, clock},
                 {"mase, in place", [&] { quantizeWithMase(bits, self, self); }, clock}},
                repetitions);
    const double gigabytes = static_cast<double>(input.size() * sizeof(float)) / 1e9;
    fmt::print("  mxint{} / memcpy            {}   {:.1f} GB/s of input, memcpy {:.1f}\n", bits,
               speedRatio(timings[1], timings[0]), gigabytes / timings[1].best(), gigabytes / timings[0].best());
    fmt::print("  mxint{} in place / memcpy   {}   {:.1f} GB/s\n", bits, speedRatio(timings[2], timings[0]),
               gigabytes / timings[2].best());
  }
  return 0;
}
