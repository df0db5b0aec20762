// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/matmul/matmul_cpu.h"

#include "mase/ops/linear/packed_gemm.h"

#include <algorithm>

namespace mase {
namespace {

// Rows of one product: with a causal mask, later keys than its last row's are not touched.
constexpr int64_t chunkRows = 48;

class Matmul final : public Kernel {
public:
  explicit Matmul(const OperatorDescription &description)
      : transposeRhs_(description.attributeOr("transpose_rhs", false)),
        causal_(description.attributeOr("causal", false)) {}

  void run(const KernelCall &call) const override {
    const TensorView &a = call.inputs[0], &b = call.inputs[1], &c = call.output;
    const int64_t group = a.heads / b.heads;
    thread_local PackedMatrix packed;
    for (int64_t h = 0; h < a.heads; ++h) {
      if (h % group == 0) {
        if (transposeRhs_)
          packInto(b.head(h / group), packed);
        else
          packTransposedInto(b.head(h / group), packed);
      }
      const MatrixView left = a.head(h), out = c.head(h);
      for (int64_t r = 0; r < left.rows; r += chunkRows) {
        const int64_t rows = std::min(chunkRows, left.rows - r);
        const int64_t keys = causal_ ? std::min(call.position + r + rows, b.rows) : b.rows;
        const ConstMatrixView x(left.row(r), rows, left.cols, left.stride);
        if (transposeRhs_)
          multiply(x, packed, {out.row(r), rows, keys, out.stride});
        else
          multiply(x, packed, {out.row(r), rows, out.cols, out.stride}, keys);
      }
    }
  }

private:
  bool transposeRhs_, causal_;
};

} // namespace

std::unique_ptr<Kernel> makeMatmul(const OperatorDescription &description) {
  return std::make_unique<Matmul>(description);
}

} // namespace mase
