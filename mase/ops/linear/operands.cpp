// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/operands.h"

#include "mase/support/error.h"

namespace mase {

const MxInt &mxintOperand(const Format *format, const char *role) {
  const auto *mxint = dynamic_cast<const MxInt *>(format);
  if (!mxint || mxint->block() != BlockShape{})
    fail("{} format '{}' has no integer linear (mxint{} to mxint{} in blocks of 1x32 have)", role,
         format ? format->name() : "none", MxInt::minBits, MxInt::maxBits);
  return *mxint;
}

} // namespace mase
