// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/edge/edge_hardware.h"

#include "mase/ops/linear/operands.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace mase {
namespace {

bool isStatic(const Format &format) { return format.scaleBits() == 0; }

void add(ModuleParameters &to, const std::string &name, int64_t value) {
  to.emplace_back(name, fmt::format("{}", value));
}

void checkOperand(const LinearOperand &operand) {
  if (operand.isTable())
    fail("format '{}' has no hardware between operators (integers, small floats and fixed<W,F> have)",
         operand.format->name());
}

} // namespace

void HexWord::append(uint64_t value, int64_t bits) {
  for (int64_t b = 0; b < bits; ++b, ++used_)
    if ((value >> b & 1) != 0)
      nibbles_[static_cast<size_t>(used_ / 4)] |= static_cast<uint8_t>(1 << used_ % 4);
}

std::string HexWord::hexadecimal() const {
  std::string text;
  for (auto nibble = nibbles_.rbegin(); nibble != nibbles_.rend(); ++nibble)
    text += "0123456789abcdef"[*nibble];
  return text;
}

ModuleParameters edgeInputParameters(const Format &format, const std::string &prefix) {
  edgeBits(format);
  ModuleParameters result;
  if (isStatic(format)) {
    add(result, prefix + "Bits", format.elementBits());
    add(result, prefix + "ScaleBits", 0);
    add(result, prefix + "Exponent", format.operand().minExponent);
    return result;
  }
  const LinearOperand operand = linearOperand(&format, "input");
  checkOperand(operand);
  add(result, prefix + "Bits", operand.bits);
  add(result, prefix + "ExponentBits", operand.layout.exponentBits);
  add(result, prefix + "MaxShift", operand.maxShift);
  add(result, prefix + "ScaleBits", operand.scaleBits);
  add(result, prefix + "Exponent", operand.unitExponent - operand.scaleBias());
  return result;
}

ModuleParameters edgeOutputParameters(const Format &format) {
  if (isStatic(format))
    return edgeInputParameters(format, "Output");
  edgeBits(format);
  const LinearOperand operand = linearOutput(&format);
  checkOperand(operand);
  ModuleParameters result;
  add(result, "OutputBits", operand.bits);
  add(result, "OutputExponentBits", operand.layout.exponentBits);
  add(result, "OutputMaxShift", operand.maxShift);
  add(result, "OutputScaleBits", operand.scaleBits);
  add(result, "OutputExponent", operand.topExponent - operand.scaleBias());
  add(result, "OutputLargestCode", operand.layout.largestCode);
  add(result, "OutputScaleRounds", operand.roundsScale ? 1 : 0);
  return result;
}

ModuleParameters tableParameters(const FunctionTable &table) {
  const std::vector<int32_t> &entries = table.entries();
  int32_t largest = 0;
  for (size_t i = 0; i + 1 < entries.size(); ++i)
    largest = std::max(largest, std::abs(entries[i + 1] - entries[i]));
  const int slopeBits = std::bit_width(static_cast<uint32_t>(largest)) + 1, valueBits = table.outputBits() + 1;
  const int64_t width = static_cast<int64_t>(slopeBits + valueBits) << table.indexBits();
  HexWord words(width);
  for (int64_t i = 0; i < int64_t{1} << table.indexBits(); ++i) {
    const auto at = static_cast<size_t>(std::max<int64_t>(i - table.first(), 0));
    const bool stored = i >= table.first();
    words.append(stored ? static_cast<uint64_t>(entries[at]) : 0, valueBits);
    words.append(stored ? static_cast<uint64_t>(int64_t{entries[at + 1]} - entries[at]) : 0, slopeBits);
  }
  ModuleParameters result;
  add(result, "IndexBits", table.indexBits());
  add(result, "SlopeBits", slopeBits);
  result.emplace_back("Words", fmt::format("{}'h{}", width, words.hexadecimal()));
  return result;
}

int64_t edgeDataBits(const Format &format, int64_t tile) { return tile * format.elementBits(); }
int64_t edgeScaleBits(const Format &format, int64_t tile) {
  return std::max<int64_t>(1, format.scaleBits() * std::max<int64_t>(1, tile / WideRows::blockCols));
}

std::vector<std::string> edgeBeats(const Format &format, const BlockIntegers &rows, int64_t tile) {
  const bool fixed = isStatic(format);
  assert(rows.cols % tile == 0 && (fixed || rows.cols % WideRows::blockCols == 0));
  LinearOperand operand;
  if (!fixed)
    operand = linearOperand(&format, "input");
  std::vector<std::string> beats;
  for (int64_t first = 0; first < rows.rows * rows.cols; first += tile) {
    HexWord beat(edgeDataBits(format, tile) + edgeScaleBits(format, tile));
    for (int64_t i = first; i < first + tile; ++i)
      beat.append(fixed ? static_cast<uint64_t>(rows.q[static_cast<size_t>(i)]) : codeAt(operand, rows, i),
                  format.elementBits());
    for (int64_t b = 0; !fixed && b < std::max<int64_t>(1, tile / WideRows::blockCols); ++b) {
      const auto block = static_cast<size_t>(first / WideRows::blockCols + b);
      beat.append(static_cast<uint64_t>(operand.storedScale(rows.exponent[block])), format.scaleBits());
    }
    beats.push_back(beat.hexadecimal());
  }
  return beats;
}

} // namespace mase
