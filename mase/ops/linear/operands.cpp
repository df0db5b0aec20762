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

namespace {

[[noreturn]] void refuse(const Format *format, const char *role) {
  fail(
      "{} format '{}' has no integer linear (integers and small floats of up to 16 bits and tables of dyadic fractions "
      "have, in blocks of 1x32 with an 8-bit power of two as scale; weights also in blocks of 1x16, under e4m3 scales "
      "and under one scale for the tensor)",
      role, format ? format->name() : "none");
}

/// What follows from the element alone.
LinearOperand elementOf(const Format *format, const char *role) {
  const auto *block = dynamic_cast<const BlockFormat *>(format);
  if (!block || !block->hasIntegers() || !block->element().layout() || block->element().significandBits() > 15)
    refuse(format, role);
  const Element &element = block->element();
  LinearOperand operand;
  operand.format = block;
  operand.layout = *element.layout();
  operand.bits = element.bits();
  operand.significandBits = element.significandBits();
  operand.maxShift = element.maxShift();
  operand.unitExponent = element.unitExponent();
  operand.topExponent = std::ilogb(element.largest());
  operand.roundsScale = element.roundsScale();
  return operand;
}

bool isPowerOfTwo(const Scale &scale) { return scale.layout() && scale.layout()->exponentBits == 0; }

} // namespace

LinearOperand linearOperand(const Format *format, const char *role) {
  LinearOperand operand = elementOf(format, role);
  if (operand.format->block() != BlockShape{} || !isPowerOfTwo(operand.format->scale()))
    refuse(format, role);
  return operand;
}

LinearOperand linearWeight(const Format *format) {
  LinearOperand weight = elementOf(format, "weight");
  const Scale &scale = weight.format->scale();
  const BlockShape block = weight.format->block();
  if (block.rows == BlockShape::whole && block.cols == BlockShape::whole && scale.outer() == OuterScale::none) {
    weight.block = weight.scaleBits = 0;
    weight.factorBits = scale.significandBits();
    return weight;
  }
  if (block.rows != 1 || (block.cols != 16 && block.cols != 32) || !scale.layout() || scale.outer() == OuterScale::row)
    refuse(format, "weight");
  weight.block = static_cast<int>(block.cols);
  weight.scaleLayout = *scale.layout();
  weight.factorBits = scale.outerSignificandBits();
  return weight;
}

WeightConstants weightConstants(const LinearOperand &weight, const EncodedMatrix &tensor) {
  const Scale &scale = weight.format->scale();
  const bool one = weight.scaleBits == 0; // for the tensor
  const int base = scale.integer(one ? tensor.scales.get(0) : 0).exponent;
  WeightConstants constants = {0, one ? scale.integer(tensor.scales.get(0)).significand : 1, base + 127};
  for (int64_t b = 0; b < tensor.scales.count(); ++b)
    constants.largestScale = std::max(constants.largestScale, scale.integer(tensor.scales.get(b)).exponent - base);
  if (tensor.outer.count() > 0) {
    const ScaleInteger outer = scale.outerInteger(tensor.outer.get(0));
    constants.factor = outer.significand;
    constants.exponent += outer.exponent;
  }
  return constants;
}

LinearOperand linearOutput(const Format *format) {
  LinearOperand output = linearOperand(format, "output");
  if (output.isTable())
    fail("output format '{}' is a table, to which no hardware rounds (integers and small floats would be right)",
         format->name());
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
