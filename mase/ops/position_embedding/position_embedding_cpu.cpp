// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/position_embedding/position_embedding_cpu.h"

#include "mase/support/error.h"

namespace mase {
namespace {

class PositionEmbedding final : public Kernel {
public:
  explicit PositionEmbedding(const OperatorDescription &description)
      : table_(description.constants.at(0).values), offset_(description.attribute<int64_t>("offset")) {
    if (table_.rows - offset_ < description.maxRows)
      fail("{}: has {} rows, too few for {} positions at offset {}", description.constants[0].name, table_.rows,
           description.maxRows, offset_);
  }

  void run(const KernelCall &call) const override {
    const MatrixView x = call.inputs[0].head(0), y = call.output.head(0);
    std::vector<float> quantized(static_cast<size_t>(call.table ? x.cols : 0));
    for (int64_t t = 0; t < x.rows; ++t) {
      const float *in = x.row(t), *added = table_.row(call.position + t + offset_);
      if (call.table) {
        const MatrixView row(quantized.data(), 1, x.cols, x.cols);
        call.table->fakeQuantize({added, 1, x.cols}, row);
        added = quantized.data();
      }
      float *out = y.row(t);
      for (int64_t c = 0; c < x.cols; ++c)
        out[c] = in[c] + added[c];
    }
  }

private:
  ConstMatrixView table_;
  int64_t offset_;
};

} // namespace

std::unique_ptr<Kernel> makePositionEmbedding(const OperatorDescription &description) {
  return std::make_unique<PositionEmbedding>(description);
}

} // namespace mase
