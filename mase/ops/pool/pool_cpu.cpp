// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/pool/pool_cpu.h"

#include <algorithm>

namespace mase {
namespace {

class Pool final : public Kernel {
public:
  explicit Pool(bool first) : first_(first) {}
  void run(const KernelCall &call) const override {
    const MatrixView x = call.inputs[0].head(0);
    std::copy_n(x.row(first_ ? 0 : x.rows - 1), x.cols, call.output.head(0).row(0));
  }

private:
  bool first_;
};

} // namespace

std::unique_ptr<Kernel> makePool(const OperatorDescription &description) {
  return std::make_unique<Pool>(poolsFirst(description));
}

} // namespace mase
