// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/position_embedding/position_embedding_cpu.h"

#include "mase/ops/added_row.h"
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
    addTableRows(call, table_, [&](int64_t token) { return call.position + token + offset_; });
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
