// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/operands.h"

#include "mase/formats/static_integer.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase {

uint32_t LinearOperand::code(int32_t significand, int shift) const {
  if (isStatic())
    return static_cast<uint32_t>(significand) & ((1U << bits) - 1);
  return element->encode(significand * powerOfTwo(shift + unitExponent));
}

uint32_t codeAt(const LinearOperand &operand, const BlockIntegers &matrix, int64_t index) {
  const auto at = static_cast<size_t>(index);
  return operand.code(matrix.q[at], matrix.shift.empty() ? 0 : matrix.shift[at]);
}

namespace {

constexpr int maxSignificandBits = 15; // of operands, so that products and windows stay narrow

[[noreturn]] void refuse(const Format *format, const char *role) {
  fail("{} format '{}' has no integer linear (integers and small floats of up to 16 bits and tables of dyadic "
       "fractions have, in blocks of 1x32 with a power of two as scale, and integers under a static scale; weights "
       "also in blocks of 1x4, 1x8, 1x16 and multiples of 1x32, under e4m3 scales and under one scale for the tensor "
       "or for each row)",
       role, format ? format->name() : "none");
}

/// Integers under one static scale (A22).
LinearOperand staticOf(const StaticInteger &format) {
  LinearOperand operand;
  operand.format = &format;
  operand.layout = {CodeLayout::Kind::integer, 0, static_cast<uint32_t>(format.greatest())};
  operand.bits = format.elementBits();
  operand.significandBits = operand.bits - 1;
  operand.symmetric = format.isSymmetric();
  operand.block = operand.scaleBits = 0;
  operand.step = format.step();
  operand.factorBits = format.operand().scaleSignificandBits;
  return operand;
}

/// What follows from the element alone.
LinearOperand elementOf(const Format *format, const char *role) {
  if (const auto *integer = dynamic_cast<const StaticInteger *>(format))
    return staticOf(*integer);
  const auto *block = dynamic_cast<const BlockFormat *>(format);
  if (!block || !block->hasIntegers() || !block->element().layout())
    refuse(format, role);
  const Element &element = block->element();
  LinearOperand operand;
  operand.format = block;
  operand.element = &element;
  operand.layout = *element.layout();
  operand.bits = element.bits();
  operand.significandBits = element.significandBits();
  operand.maxShift = element.maxShift();
  operand.unitExponent = element.unitExponent();
  operand.topExponent = std::ilogb(element.largest());
  operand.roundsScale = element.roundsScale();
  operand.scaleBits = block->scaleBits();
  operand.scaleLayout = block->scale().layout().value_or(ScaleLayout{});
  return operand;
}

/// F15: the middles between neighbours; a magnitude that is a middle takes the smaller one.
std::vector<TableDecision> decisionsOf(const LinearOperand &table) {
  std::vector<std::pair<int32_t, uint32_t>> values; // with their codes
  for (uint32_t code = 0; code < 1U << table.bits; ++code)
    if (const double value = table.element->decode(code); table.element->encode(value) == code)
      values.emplace_back(table.element->integer(code).significand, code);
  std::sort(values.begin(), values.end(),
            [](const auto &a, const auto &b) { return std::abs(a.first) < std::abs(b.first); });
  std::vector<TableDecision> decisions;
  int32_t before[2] = {}; // of either sign
  for (const auto &[value, code] : values) {
    if (value == 0)
      continue;
    int32_t &last = before[value < 0 ? 1 : 0];
    decisions.push_back({value < 0, static_cast<uint32_t>(std::abs(value) + last), code});
    last = std::abs(value);
  }
  return decisions;
}

/// Whether each block of 1 x 32 has a power of two of its own, or one static scale does for all.
bool isStream(const LinearOperand &operand) {
  return operand.isStatic() || (operand.format->block() == BlockShape{} &&
                                static_cast<const BlockFormat *>(operand.format)->scale().significandBits() == 0);
}

} // namespace

LinearOperand linearOperand(const Format *format, const char *role) {
  LinearOperand operand = elementOf(format, role);
  if (!isStream(operand) || operand.significandBits > maxSignificandBits)
    refuse(format, role);
  return operand;
}

LinearOperand linearWeight(const Format *format) {
  LinearOperand weight = elementOf(format, "weight");
  if (weight.significandBits > maxSignificandBits)
    refuse(format, "weight");
  if (weight.isStatic())
    return weight;
  const Scale &scale = static_cast<const BlockFormat *>(format)->scale();
  const BlockShape block = format->block();
  if (block.rows == BlockShape::whole && block.cols == BlockShape::whole && scale.outer() == OuterScale::none) {
    weight.block = weight.scaleBits = 0;
    weight.factorBits = scale.significandBits();
    weight.scaleLayout = {};
    return weight;
  }
  if (block == BlockShape{1, BlockShape::whole} && !scale.layout()) { // A27
    weight.block = weight.scaleBits = 0;
    weight.factorBits = scale.significandBits();
    weight.rowFactors = true;
    return weight;
  }
  const bool partOfATerm = block.cols == 4 || block.cols == 8 || block.cols == 16;
  const bool terms = block.cols % 32 == 0; // whole rows among them
  if (block.rows != 1 || !(partOfATerm || terms) || !scale.layout() || scale.outer() == OuterScale::row)
    refuse(format, "weight");
  weight.block = block.cols;
  weight.factorBits = scale.outerSignificandBits();
  return weight;
}

WeightConstants weightConstants(const LinearOperand &weight, const EncodedMatrix &tensor) {
  const auto scaleOf = [&](int64_t block) {
    return weight.format->scaleInteger(block < tensor.scales.count() ? tensor.scales.get(block) : 0);
  };
  if (weight.rowFactors) {
    WeightConstants constants;
    int base = scaleOf(0).exponent;
    for (int64_t row = 1; row < tensor.rows; ++row)
      base = std::max(base, scaleOf(row).exponent);
    for (int64_t row = 0; row < tensor.rows; ++row)
      constants.rows.push_back({scaleOf(row).significand, scaleOf(row).exponent - base});
    constants.exponent = base - weight.unitExponent + 127;
    return constants;
  }
  const bool one = weight.scaleBits == 0; // for the tensor
  const ScaleInteger first = one ? scaleOf(0) : weight.format->scaleInteger(0);
  const int base = first.exponent - weight.unitExponent;
  WeightConstants constants = {0, one && weight.factorBits > 0 ? first.significand : 0, base + 127, {}};
  for (int64_t b = 0; b < tensor.scales.count(); ++b)
    constants.largestScale = std::max(constants.largestScale, scaleOf(b).exponent - first.exponent);
  if (tensor.outer.count() > 0) {
    const ScaleInteger outer =
        static_cast<const BlockFormat *>(weight.format)->scale().outerInteger(tensor.outer.get(0));
    constants.factor = outer.significand;
    constants.exponent += outer.exponent;
  }
  return constants;
}

LinearOperand linearOutput(const Format *format) {
  if (!format) {
    LinearOperand wide;
    wide.block = wide.scaleBits = 0;
    return wide;
  }
  LinearOperand output = elementOf(format, "output");
  if (!isStream(output) || (!output.isStatic() && output.significandBits > maxSignificandBits))
    refuse(format, "output");
  if (output.isStatic())
    return output;
  if (output.isTable())
    output.decisions = decisionsOf(output);
  if (const Rounding &rounding = static_cast<const BlockFormat *>(format)->rounding(); &rounding != roundings().front())
    fail("output format '{}' rounds as no hardware does (leave out @{})", format->name(), rounding.name());
  return output;
}

int sumFactorBits(const LinearOperand &input, const LinearOperand &weight, const LinearOperand &output) {
  const bool onInput = input.factorBits > 0, onOutput = output.isStatic() && output.factorBits > 0;
  if (!onInput && weight.factorBits == 0 && !onOutput)
    return 0;
  return output.isStatic() ? std::min(output.bits + 4, 16) : weight.rowFactors ? 16 : 13;
}

namespace {

/// above * 2^-right / below to nearest even.
uint64_t quotient(uint64_t above, uint64_t below, int right) {
  if (right > 45) // the divisor has 13 bits, the dividend 26
    return 0;
  const uint64_t a = above << std::max(0, -right), b = below << std::max(0, right), floor = a / b, rest = a % b;
  return floor + (2 * rest > b || (2 * rest == b && (floor & 1) != 0) ? 1 : 0);
}

} // namespace

SumFactor sumFactor(const LinearOperand &input, const LinearOperand &weight, const LinearOperand &output,
                    std::span<const ScaleInteger> scales) {
  SumFactor result = {sumFactorBits(input, weight, output), {1}, 0};
  if (result.bits == 0)
    return result;
  const auto below = static_cast<uint64_t>(output.step.significand);
  const auto at = [&](const ScaleInteger &scale, int exponent) {
    const uint64_t above = static_cast<uint64_t>(input.step.significand) * static_cast<uint64_t>(scale.significand);
    return quotient(above, below, exponent - scale.exponent);
  };
  // The least power of two at which the largest has no more bits.
  for (result.exponent = -30;; ++result.exponent) {
    result.factor.clear();
    for (const ScaleInteger &scale : scales)
      result.factor.push_back(static_cast<int64_t>(at(scale, result.exponent)));
    if (*std::max_element(result.factor.begin(), result.factor.end()) >> result.bits == 0)
      return result;
  }
}

ProductWindow productWindow(const LinearOperand &a, const LinearOperand &b) {
  const int significands = a.significandBits + b.significandBits + (a.symmetric || b.symmetric ? 0 : 1);
  const int exact = significands + a.maxShift + b.maxShift;
  const int bits = std::min(exact, std::max(significands, ProductWindow::leastBits));
  return {bits, exact - bits};
}

} // namespace mase
