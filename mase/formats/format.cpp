// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/format.h"

#include <cassert>

namespace mase {

BlockIntegers Format::integers(ConstMatrixView) const {
  assert(false && "this format has no integer view: ask hasIntegers() first");
  return {};
}

} // namespace mase
