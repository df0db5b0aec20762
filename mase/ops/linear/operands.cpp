// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/operands.h"

#include "mase/support/error.h"

#include <algorithm>

namespace mase {

uint32_t LinearOperand::code(int32_t significand, int shift) const {
  return format->element().encode(significand * powerOfTwo(shift + unitExponent));
}

uint32_t codeAt(const LinearOperand &operand, const BlockIntegers &matrix, int64_t index) {
  const auto at = static_cast<size_t>(index);
  return operand.code(matrix.q[at], matrix.shift.empty() ? 0 : matrix.shift[at]);
}

LinearOperand linearOperand(const Format *format, const char *role) {
  const auto *block = dynamic_cast<const BlockFormat *>(format);
  const bool integers = block && block->hasIntegers() && block->element().layout() && block->element().symmetric();
  if (!integers || block->elementBits() > 16 || block->block() != BlockShape{} || block->scale().name() != "e8")
    fail(
        "{} format '{}' has no integer linear (integers and small floats of up to 16 bits have, in blocks of 1x32 with "
        "an 8-bit power of two as scale)",
        role, format ? format->name() : "none");
  const Element &element = block->element();
  return {block,
          *element.layout(),
          element.bits(),
          element.significandBits(),
          element.maxShift(),
          element.unitExponent(),
          std::ilogb(element.largest()),
          element.roundsScale()};
}

LinearOperand linearOutput(const Format *format) {
  LinearOperand output = linearOperand(format, "output");
  if (&output.format->rounding() != roundings().front())
    fail("output format '{}' rounds as no hardware does (leave out @{})", format->name(),
         output.format->rounding().name());
  return output;
}

ProductWindow productWindow(const LinearOperand &a, const LinearOperand &b) {
  const int significands = a.significandBits + b.significandBits, exact = significands + a.maxShift + b.maxShift;
  const int bits = std::min(exact, std::max(significands, ProductWindow::leastBits));
  return {bits, exact - bits};
}

} // namespace mase
