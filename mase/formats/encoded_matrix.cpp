// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/encoded_matrix.h"

#include <algorithm>
#include <cassert>

namespace mase {

void PackedCodes::reset(int width, int64_t count) {
  assert(width >= 0 && width <= 32 && count >= 0);
  width_ = width;
  count_ = count;
  bytes_.resize(static_cast<size_t>((count * width + 7) / 8));
  if (!bytes_.empty())
    bytes_.back() = 0; // what follows the last code
}

uint32_t PackedCodes::get(int64_t index) const {
  assert(index >= 0 && index < count_);
  uint32_t code = 0;
  const auto first = static_cast<size_t>(index * width_);
  for (size_t bit = 0, size = 0; bit < static_cast<size_t>(width_); bit += size) {
    const size_t at = first + bit;
    size = std::min<size_t>(8 - at % 8, static_cast<size_t>(width_) - bit);
    code |= (static_cast<uint32_t>(bytes_[at / 8]) >> at % 8 & ((1U << size) - 1)) << bit;
  }
  return code;
}

void PackedCodes::set(int64_t index, uint32_t code) {
  assert(index >= 0 && index < count_ && (width_ == 32 || code >> width_ == 0));
  const auto first = static_cast<size_t>(index * width_);
  for (size_t bit = 0, size = 0; bit < static_cast<size_t>(width_); bit += size) {
    const size_t at = first + bit;
    size = std::min<size_t>(8 - at % 8, static_cast<size_t>(width_) - bit);
    const uint32_t mask = (1U << size) - 1;
    bytes_[at / 8] = static_cast<uint8_t>((bytes_[at / 8] & ~(mask << at % 8)) | ((code >> bit & mask) << at % 8));
  }
}

void EncodedMatrix::reset(const EncodedShape &shape) {
  rows = shape.rows;
  cols = shape.cols;
  block = shape.block;
  elements.reset(shape.elementBits, rows * cols);
  scales.reset(shape.scaleBits, shape.scaleBits > 0 ? blocks() : 0);
  outer.reset(shape.outers > 0 ? 32 : 0, shape.outers);
}

} // namespace mase
