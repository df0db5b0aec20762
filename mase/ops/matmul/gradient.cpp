// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/gradient_registry.h"
#include "mase/ops/linear/packed_gemm.h"

#include <algorithm>

namespace mase {
namespace {

// Rows of one product; with a causal mask later keys than its last row's are not touched.
constexpr int64_t chunkRows = 48;

// Of C = A B (values) or A B^T (scores), head by head; several heads of A may share one of B. With a causal mask the
// gradient of scores is zero right of the diagonal, and so are the shares that values are summed by.
class MatmulGradient final : public GradientKernel {
public:
  explicit MatmulGradient(const OperatorDescription &description)
      : transposeRhs_(description.attributeOr("transpose_rhs", false)),
        causal_(description.attributeOr("causal", false)) {}

  void run(const GradientCall &call) const override {
    const TensorView &a = call.inputs[0], &b = call.inputs[1];
    const TensorView &da = call.inputGradients[0], &db = call.inputGradients[1];
    const int64_t group = a.heads / b.heads;
    for (int64_t h = 0; h < a.heads; ++h) {
      const Accumulate accumulate = h % group == 0 ? Accumulate::no : Accumulate::yes;
      const MatrixView by = call.by.head(h);
      if (da.data)
        leftGradient(by, b.head(h / group), da.head(h));
      if (db.data)
        transposeRhs_ ? sumOver(by, a.head(h), db.head(h / group), accumulate)  // dK = dS^T Q
                      : sumOver(a.head(h), by, db.head(h / group), accumulate); // dV = P^T dO
    }
  }

private:
  // dQ = dS K, dP = dO V^T: row chunks, of dS the keys that they see, of dP those alone.
  void leftGradient(ConstMatrixView by, ConstMatrixView b, MatrixView out) const {
    thread_local PackedMatrix packed;
    if (transposeRhs_)
      packTransposedInto(b, packed);
    else
      packInto(b, packed);
    for (int64_t r = 0; r < by.rows; r += chunkRows) {
      const int64_t rows = std::min(chunkRows, by.rows - r);
      const int64_t keys = causal_ ? std::min(r + rows, b.rows) : b.rows;
      const ConstMatrixView x(by.row(r), rows, by.cols, by.stride);
      if (transposeRhs_)
        multiply(x, packed, {out.row(r), rows, out.cols, out.stride}, keys);
      else
        multiply(x, packed, {out.row(r), rows, keys, out.stride});
    }
  }

  // out = left^T right, left being rows x keys; causal: row r of it is zero right of key r.
  void sumOver(ConstMatrixView left, ConstMatrixView right, MatrixView out, Accumulate accumulate) const {
    thread_local PackedMatrix packed;
    packTransposedInto(right, packed);
    for (int64_t k = 0; k < out.rows; k += chunkRows) {
      const int64_t keys = std::min(chunkRows, out.rows - k);
      multiplyTransposed({left.data + k, left.rows, keys, left.stride}, packed,
                         {out.row(k), keys, out.cols, out.stride}, accumulate, causal_ ? std::min(k, left.rows) : 0);
    }
  }

  bool transposeRhs_, causal_;
};

} // namespace

gradients::Made gradients::matmul(const OperatorDescription &description) {
  return std::make_unique<MatmulGradient>(description);
}

} // namespace mase
