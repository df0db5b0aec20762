// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/mul/mul_cpu.h"

#include "mase/ops/binary_kernel.h"

#include <functional>

namespace mase {

std::unique_ptr<Kernel> makeMul(const OperatorDescription &) {
  return std::make_unique<BinaryKernel<std::multiplies<float>>>();
}

} // namespace mase
