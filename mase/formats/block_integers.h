// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Quantised numbers as the integers that the hardware sees (docs/arithmetic.md, A2).
///
/// An element is a small signed significand and a shift to the left; its block adds an exponent, and, where scales are
/// no powers of two, a positive significand of its own:
///
///     value(r, c) = q * 2^(shift + exponent[b]) * scale[b] * outer[o]       (exact, never rounded)
///
/// Integer elements have no shift, power-of-two scales no significand: those vectors are empty then. Everything is
/// exact: a user that ignores `shift` must have asked OperandShape::maxShift for zero, and likewise for the
/// significands.
#pragma once

#include "mase/formats/block_shape.h"

#include <vector>

namespace mase {

/// One element: `significand * 2^shift` in units of the block's exponent.
struct ElementInteger {
  int32_t significand = 0;
  int32_t shift = 0; // >= 0
  bool operator==(const ElementInteger &) const = default;
};

/// One scale: `significand * 2^exponent`, the unit of the elements included, so that an element's value is
/// `element.significand * 2^element.shift * scale.significand * 2^scale.exponent`.
struct ScaleInteger {
  int32_t significand = 1; // > 0
  int32_t exponent = 0;
  bool operator==(const ScaleInteger &) const = default;
};

/// What a multiplier must be able to take: bounds over every code of a format.
struct OperandShape {
  int significandBits = 0;      ///< |significand| < 2^significandBits
  int maxShift = 0;             ///< shifts are 0 .. maxShift; 0: `BlockIntegers::shift` is empty
  bool symmetric = true;        ///< with every element its negative is one, too
  int minExponent = 0;          ///< least and greatest `BlockIntegers::exponent`
  int maxExponent = 0;          //
  int scaleSignificandBits = 0; ///< scale[b] < 2^scaleSignificandBits; 0: scales are powers of two, `scale` is empty
  int outerSignificandBits = 0; ///< the same of `outer`
  bool operator==(const OperandShape &) const = default;
};

/// A quantised matrix. Block b of element (r, c) is `(r / block.rows) * blocksPerRow() + c / block.cols`.
struct BlockIntegers {
  int64_t rows = 0, cols = 0;
  BlockShape block;
  std::vector<int32_t> q;          // rows x cols: significands
  std::vector<int32_t> exponent;   // one a block, row-major
  std::vector<uint8_t> shift = {}; // rows x cols, or empty: all 0
  std::vector<int32_t> scale = {}; // one a block, or empty: all 1
  std::vector<int32_t> outer = {}; // one for the tensor, one a row, or empty: all 1
  int64_t blocksPerRow() const { return (cols + block.cols - 1) / block.cols; }
};

} // namespace mase
