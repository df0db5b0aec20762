// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/embedding/embedding_cpu.h"

#include <algorithm>

namespace mase {
namespace {

class Embedding final : public Kernel {
public:
  explicit Embedding(const OperatorDescription &description) : table_(description.constants.at(0).values) {}

  void run(const KernelCall &call) const override {
    const MatrixView y = call.output.head(0);
    for (int64_t t = 0; t < y.rows; ++t)
      std::copy_n(table_.row(call.ids[static_cast<size_t>(t)]), table_.cols, y.row(t));
    if (call.table) // row by row is what quantising the table would give
      call.table->fakeQuantize(y, y);
  }

private:
  ConstMatrixView table_;
};

} // namespace

std::unique_ptr<Kernel> makeEmbedding(const OperatorDescription &description) {
  return std::make_unique<Embedding>(description);
}

} // namespace mase
