// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/linear_cpu.h"

#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>

namespace mase {
namespace {

// Rows quantised and multiplied together: their quantised copy stays in the second-level cache.
constexpr int64_t chunkRows = 96;

class Linear final : public Kernel {
public:
  explicit Linear(const OperatorDescription &description) : weight_(description.constants.at(0).values) {
    if (description.constants.size() > 1)
      bias_ = description.constants[1].values;
  }

  void prepare(std::span<const Format *const> formats) override {
    PackedMatrix &packed = packed_[formats[0]];
    if (packed.data)
      return;
    std::vector<float> quantized(static_cast<size_t>(weight_.rows * weight_.cols));
    MatrixView view(quantized.data(), weight_.rows, weight_.cols);
    formats[0]->fakeQuantize(weight_, view);
    packed = pack(view);
  }

  void run(const KernelCall &call) const override {
    if (call.formats[1]->scaleReach() == ScaleReach::tensor)
      return runQuantizedWhole(call);
    const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
    if (call.observer)
      call.observer->onInput(call.firstSlot, x);
    const PackedMatrix &weight = packed_.at(call.formats[0]);
    const int64_t panels = (weight.rows + weight.panel - 1) / weight.panel;
    const int64_t chunks = (x.rows + chunkRows - 1) / chunkRows;
    // Few rows: share out the panels of the weight. Many: each chunk of rows is one piece of work.
    const int64_t groups = chunks > 1 ? 1 : std::clamp<int64_t>(weight.rows * weight.cols >> 18, 1, panels);
    parallelFor(chunks, [&](int64_t chunk) {
      const int64_t r = chunk * chunkRows, rows = std::min(chunkRows, x.rows - r);
      const MatrixView out(y.row(r), rows, y.cols, y.stride);
      const ConstMatrixView in = quantizeInput(*call.formats[1], {x.row(r), rows, x.cols, x.stride});
      parallelFor(groups,
                  [&](int64_t g) { multiply(in, weight, out, -1, panels * g / groups, panels * (g + 1) / groups); });
      addBias(out);
    });
  }

private:
  static ConstMatrixView quantizeInput(const Format &format, ConstMatrixView x) {
    if (&format == &fp32())
      return x;
    thread_local std::vector<float> memory;
    memory.resize(static_cast<size_t>(chunkRows * x.cols));
    MatrixView quantized(memory.data(), x.rows, x.cols);
    format.fakeQuantize(x, quantized);
    return quantized;
  }

  void addBias(MatrixView y) const {
    if (!bias_.data)
      return;
    for (int64_t r = 0; r < y.rows; ++r)
      for (int64_t c = 0; c < y.cols; ++c)
        y.row(r)[c] += bias_.data[c];
  }

  // Rows that share a scale are quantised together, whatever the chunks.
  void runQuantizedWhole(const KernelCall &call) const {
    const MatrixView x = call.inputs[0].head(0);
    if (call.observer)
      call.observer->onInput(call.firstSlot, x);
    std::vector<float> memory(static_cast<size_t>(x.rows * x.cols));
    call.formats[1]->fakeQuantize(x, {memory.data(), x.rows, x.cols});
    const TensorView input[] = {{memory.data(), 1, x.rows, x.cols, x.rows * x.cols, x.cols}};
    const Format *const formats[] = {call.formats[0], &fp32()};
    KernelCall quantized = call;
    quantized.inputs = input, quantized.formats = formats, quantized.observer = nullptr;
    run(quantized);
  }

  ConstMatrixView weight_, bias_;
  std::map<const Format *, PackedMatrix> packed_; // weights by format, kept: a search comes back to them
};

} // namespace

std::unique_ptr<Kernel> makeLinear(const OperatorDescription &description) {
  return std::make_unique<Linear>(description);
}

} // namespace mase
