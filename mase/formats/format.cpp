// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/format.h"

#include <cassert>

namespace mase {

EncodedShape Format::encodedShape(int64_t rows, int64_t cols) const {
  return {rows, cols, block(), elementBits(), scaleBits()};
}

OperandShape Format::operand() const {
  assert(false && "this format has no integer view: ask hasIntegers() first");
  return {};
}

BlockIntegers Format::integers(ConstMatrixView) const {
  assert(false && "this format has no integer view: ask hasIntegers() first");
  return {};
}

ElementInteger Format::elementInteger(uint32_t) const {
  assert(false && "this format has no integer view: ask hasIntegers() first");
  return {};
}

ScaleInteger Format::scaleInteger(uint32_t) const {
  assert(false && "this format has no integer view: ask hasIntegers() first");
  return {};
}

} // namespace mase
