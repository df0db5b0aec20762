// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quantised linears in one thread by processor time. Many rows, 512 x 2048 x 2048 with the input's quantisation:
// relative to fake quantisation and the fp32 product of a library, to that product alone, and to mxint8. One row:
// relative to reading the packed weights.
//
//   bench_quantized_linear [REPETITIONS]     exit status 1, and no figure, when a product differs from the peers'

#include "bench/harness/machine.h"
#include "bench/harness/ratio.h"
#include "bench/quantized_linear/peers.h"
#include "mase/formats/registry.h"
#include "mase/ops/linear/linear_cpu.h"
#include "mase/ops/linear/narrow_gemm.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <cmath>
#include <cstdlib>
#include <fmt/core.h>

using namespace mase;
using namespace mase::bench;

namespace {

constexpr clockid_t ownTime = CLOCK_THREAD_CPUTIME_ID;

std::vector<float> randomMatrix(uint64_t seed, int64_t elements) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(elements));
  for (float &value : values) // near a normal distribution
    value = static_cast<float>(random.uniform() + random.uniform() + random.uniform() - 1.5);
  return values;
}

/// A linear layer of the runtime with one format for weight and input.
class Layer {
public:
  Layer(const char *format, ConstMatrixView x, ConstMatrixView w, MatrixView y)
      : formats_{&parseFormat(format), &parseFormat(format)},
        input_{const_cast<float *>(x.data), 1, x.rows, x.cols, x.cols, x.cols}, output_{y.data, 1,      y.rows,
                                                                                        y.cols, y.cols, y.cols} {
    OperatorDescription description;
    description.name = "linear";
    description.constants = {{"w", w}};
    kernel_ = makeLinear(description);
    kernel_->prepare(formats_);
  }
  void run() const { kernel_->run({std::span(&input_, 1), output_, {}, 0, formats_, 0, nullptr}); }

private:
  std::vector<const Format *> formats_;
  TensorView input_, output_;
  std::unique_ptr<Kernel> kernel_;
};

/// Whether `c` is the product of the quantised operands, to rounding; some rows only.
bool isProduct(ConstMatrixView a, ConstMatrixView b, ConstMatrixView c) {
  for (int64_t r = 0; r < a.rows; r += 101)
    for (int64_t j = 0; j < b.rows; ++j) {
      double sum = 0, absolute = 0;
      for (int64_t k = 0; k < a.cols; ++k) {
        const double term = static_cast<double>(a.row(r)[k]) * b.row(j)[k];
        sum += term;
        absolute += std::abs(term);
      }
      if (!(std::abs(sum - c.row(r)[j]) <= 1e-6 * absolute))
        return false;
    }
  return true;
}

int manyRows(int repetitions) {
  constexpr int64_t rows = 512, size = 2048;
  const std::vector<float> a = randomMatrix(1, rows * size), b = randomMatrix(2, size * size);
  std::vector<float> quantizedA(a.size()), quantizedB(b.size()), c(static_cast<size_t>(rows * size));
  const ConstMatrixView x(a.data(), rows, size), w(b.data(), size, size);
  const MatrixView quantizedX(quantizedA.data(), rows, size), quantizedW(quantizedB.data(), size, size),
      y(c.data(), rows, size);
  const std::vector<const char *> formats = {"mxint8", "mxint4", "mxfp4", "mxint12", "mxfp8_e4m3", "fp32"};
  std::vector<Layer> layers;
  for (const char *format : formats) {
    layers.emplace_back(format, x, w, y);
    parseFormat(format).fakeQuantize(x, quantizedX);
    parseFormat(format).fakeQuantize(w, quantizedW);
    layers.back().run();
    if (!isProduct(quantizedX, quantizedW, y)) {
      fmt::print(stderr, "{}: the product is wrong\n", format);
      return 1;
    }
  }
  const Format &mxint8 = parseFormat("mxint8");
  mxint8.fakeQuantize(w, quantizedW);
  const std::vector<GemmPeer> peers = gemmPeers(quantizedX, quantizedW, y);
  std::vector<Contender> contenders;
  for (size_t i = 0; i < formats.size(); ++i)
    contenders.push_back({formats[i], [&layer = layers[i]] { layer.run(); }, ownTime});
  for (const GemmPeer &peer : peers) {
    const auto emulate = [&] {
      mxint8.fakeQuantize(x, quantizedX);
      peer.multiply();
    };
    emulate();
    if (!isProduct(quantizedX, quantizedW, y)) {
      fmt::print(stderr, "{}: the product is wrong\n", peer.name);
      return 1;
    }
    contenders.push_back({"fake-quantise + " + peer.name, emulate, ownTime});
    contenders.push_back({peer.name + " fp32 alone", peer.multiply, ownTime});
  }
  const std::vector<Timing> timings = measure(contenders, repetitions);
  const double operations = 2.0 * rows * size * size;
  for (size_t i = 0; i < formats.size(); ++i) {
    fmt::print("  {:10} linear   {:.2f} ms, {:.0f} Gop/s\n", formats[i], 1e3 * timings[i].best(),
               1e-9 * operations / timings[i].best());
    if (i > 0) {
      fmt::print("    / mxint8   {}\n", speedRatio(timings[i], timings[0]));
      continue;
    }
    for (size_t peer = formats.size(); peer < timings.size(); ++peer)
      fmt::print("    / {}   {}   {:.2f} ms\n", timings[peer].name, speedRatio(timings[i], timings[peer]),
                 1e3 * timings[peer].best());
  }
  if (peers.empty())
    fmt::print("  no peer: the build found neither oneDNN nor OpenBLAS\n");
  return 0;
}

void oneRow(int64_t out, int64_t in, int repetitions) {
  const std::vector<float> a = randomMatrix(1, in), b = randomMatrix(2, out * in);
  std::vector<float> c(static_cast<size_t>(out));
  for (const char *name : {"mxint8", "mxfp4", "mxint12"}) {
    const Format &format = parseFormat(name);
    const ProductKind kind = productKind(format, format).value();
    const PackedNarrow packed = packNarrow(format, kind, {b.data(), out, in});
    NarrowRows row;
    const std::vector<Timing> timings =
        measure({{"read", [&] { readMemory(packed.data.get(), packed.bytes); }, ownTime},
                 {"mase",
                  [&] {
                    quantizeInto(format, kind, {a.data(), 1, in}, row);
                    multiply(row, 0, packed, {c.data(), 1, out});
                  },
                  ownTime}},
                repetitions);
    fmt::print("  {:7} 1 x {} x {} / reading {:.1f} MB   {}   {:.1f} GB/s of {:.1f}\n", name, in, out,
               1e-6 * static_cast<double>(packed.bytes), speedRatio(timings[1], timings[0]),
               1e-9 * static_cast<double>(packed.bytes) / timings[1].best(),
               1e-9 * static_cast<double>(packed.bytes) / timings[0].best());
  }
}

} // namespace

int main(int argc, char **argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 11;
  setThreads(1);
  fmt::print("quantised linears, one thread, processor time; speed relative to peers\n{}\n", machine());
  if (manyRows(repetitions) != 0)
    return 1;
  oneRow(2048, 2048, repetitions);
  oneRow(14336, 4096, repetitions);
  return 0;
}
