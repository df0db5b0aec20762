// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/linear_cpu.h"

#include "mase/ops/linear/narrow_gemm.h"
#include "mase/ops/linear/packed_gemm.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cassert>
#include <functional>

namespace mase {
namespace {

// Rows quantised and multiplied together: their quantised copy stays in the second-level cache.
constexpr int64_t chunkRows = 96;
// Elements of the weight that are worth a piece of work of their own, where few rows share out its panels.
constexpr int64_t pieceElements = 1 << 15, mostPieces = 256;

class Linear final : public Kernel {
public:
  explicit Linear(const OperatorDescription &description)
      : weight_(description.constants.at(0).values), weightFormat_(description.constants[0].format) {
    if (description.constants.size() > 1)
      bias_ = description.constants[1].values;
  }

  void prepare(std::span<const Format *const> formats) override {
    if (const auto kind = kindOf(formats)) {
      PackedNarrow &packed = narrow_[{formats[0], *kind}];
      if (!packed.data)
        packed = packNarrow(*formats[0], *kind, weight_, formats[0] == weightFormat_ ? Values::quantized : Values::any);
      return;
    }
    PackedMatrix &packed = packed_[formats[0]];
    if (packed.panel != 0)
      return;
    if (formats[0] == weightFormat_ || formats[0] == &fp32()) {
      packed = packWeight(weight_);
      return;
    }
    std::vector<float> quantized(static_cast<size_t>(weight_.rows * weight_.cols));
    MatrixView view(quantized.data(), weight_.rows, weight_.cols);
    formats[0]->fakeQuantize(weight_, view);
    packed = packWeight(view);
  }

  void run(const KernelCall &call) const override {
    if (call.formats[1]->scaleReach() == ScaleReach::tensor)
      return runQuantizedWhole(call);
    const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
    if (call.observer)
      call.observer->onInput(call.firstSlot, x);
    const Format &weightFormat = *call.formats[0], &inputFormat = *call.formats[1];
    if (const auto kind = kindOf(call.formats)) {
      const PackedNarrow &weight = narrow_.at({&weightFormat, *kind});
      share(x, y, weight.panels(), [&](ConstMatrixView in) -> Product {
        thread_local NarrowRows rows;
        quantizeInto(inputFormat, *kind, in, rows);
        return [&weight, &in = rows](MatrixView out, int64_t first, int64_t last) {
          multiply(in, 0, weight, out, first, last);
        };
      });
    } else {
      const PackedMatrix &weight = packed_.at(&weightFormat);
      share(x, y, weight.panels(), [&](ConstMatrixView in) -> Product {
        return [&weight, in = quantizeInput(inputFormat, in)](MatrixView out, int64_t first, int64_t last) {
          multiply(in, weight, out, -1, first, last);
        };
      });
    }
  }

private:
  // How weight and input multiply; none: as fp32.
  static std::optional<ProductKind> kindOf(std::span<const Format *const> formats) {
    // Rows that share a scale are quantised all at once, not chunk by chunk.
    return formats[1]->scaleReach() == ScaleReach::tensor ? std::nullopt : productKind(*formats[0], *formats[1]);
  }

  // Multiplies the rows it was made for by the weight's panels [first, last).
  using Product = std::function<void(MatrixView out, int64_t first, int64_t last)>;

  // Few rows: share out the panels of the weight. Many: each chunk of rows is one piece of work.
  void share(ConstMatrixView x, MatrixView y, int64_t panels,
             const std::function<Product(ConstMatrixView)> &quantize) const {
    const int64_t chunks = (x.rows + chunkRows - 1) / chunkRows;
    const int64_t groups =
        chunks > 1 ? 1
                   : std::clamp<int64_t>(weight_.rows * weight_.cols / pieceElements, 1, std::min(panels, mostPieces));
    parallelFor(chunks, [&](int64_t chunk) {
      const int64_t r = chunk * chunkRows, rows = std::min(chunkRows, x.rows - r);
      const MatrixView out(y.row(r), rows, y.cols, y.stride);
      const Product product = quantize({x.row(r), rows, x.cols, x.stride});
      parallelFor(groups, [&](int64_t g) { product(out, panels * g / groups, panels * (g + 1) / groups); });
      addBias(out);
    });
  }

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
  const Format *weightFormat_; // of the weight as it is given; null: fp32
  // Weights by format, kept: a search comes back to them.
  std::map<const Format *, PackedMatrix> packed_;
  std::map<std::pair<const Format *, ProductKind>, PackedNarrow> narrow_;
};

} // namespace

std::unique_ptr<Kernel> makeLinear(const OperatorDescription &description) {
  return std::make_unique<Linear>(description);
}

} // namespace mase
