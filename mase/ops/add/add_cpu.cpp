// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/add/add_cpu.h"

#include "mase/ops/binary_kernel.h"

#include <functional>

namespace mase {

std::unique_ptr<Kernel> makeAdd(const OperatorDescription &) {
  return std::make_unique<BinaryKernel<std::plus<float>>>();
}

} // namespace mase
