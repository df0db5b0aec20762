// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A quantised matrix as it is stored: codes at their true width.
///
/// Element (r, c) is code r * cols + c; block b (row-major, as in BlockIntegers) is scale b. Codes follow each other
/// without gaps, least significant bit first, so n codes of w bits take ceil(n w / 8) bytes. What a code means is the
/// format's: Format::elementInteger and Format::scaleInteger, or Format::decode for all at once.
#pragma once

#include "mase/formats/block_shape.h"

#include <vector>

namespace mase {

/// Codes of one width, 0 to 32 bits (0: there are none to store). Thread-safe for readers.
class PackedCodes {
public:
  PackedCodes() = default;
  PackedCodes(int width, int64_t count) { reset(width, count); }
  /// Makes room for so many codes of that width, in the memory at hand if it is enough. Codes are not defined then.
  void reset(int width, int64_t count);

  int width() const { return width_; }
  int64_t count() const { return count_; }
  uint32_t get(int64_t index) const;
  void set(int64_t index, uint32_t code);
  const std::vector<uint8_t> &bytes() const { return bytes_; }
  uint8_t *data() { return bytes_.data(); }
  const uint8_t *data() const { return bytes_.data(); }
  bool operator==(const PackedCodes &) const = default;

private:
  int width_ = 0;
  int64_t count_ = 0;
  std::vector<uint8_t> bytes_;
};

/// How many codes of which widths a matrix takes: what EncodedMatrix::reset makes room for.
struct EncodedShape {
  int64_t rows = 0, cols = 0;
  BlockShape block = {1, 1}; ///< no larger than the matrix
  int elementBits = 0;
  int scaleBits = 0;  ///< 0: no scales
  int64_t outers = 0; ///< second-level scales of 32 bits
  int64_t blocksPerRow() const { return (cols + block.cols - 1) / block.cols; }
  int64_t blockRows() const { return (rows + block.rows - 1) / block.rows; }
  int64_t elementBytes() const { return (rows * cols * elementBits + 7) / 8; }
  int64_t scaleBytes() const { return (blockRows() * blocksPerRow() * scaleBits + 7) / 8; }
};

struct EncodedMatrix {
  int64_t rows = 0, cols = 0;
  BlockShape block;
  PackedCodes elements; // rows * cols codes of Format::elementBits
  PackedCodes scales;   // one a block, of Format::scaleBits
  PackedCodes outer;    // second-level scales, where the format has them: one for the tensor or one a row
  int64_t blocksPerRow() const { return (cols + block.cols - 1) / block.cols; }
  int64_t blocks() const { return (rows + block.rows - 1) / block.rows * blocksPerRow(); }
  /// Makes room for a matrix; codes are not defined then.
  void reset(const EncodedShape &shape);
  bool operator==(const EncodedMatrix &) const = default;
};

} // namespace mase
