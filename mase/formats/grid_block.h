// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the kernels over grids need to know of a format and of one block of it, as bit patterns of fp32.
///
/// Kernels find a block's largest magnitude as an integer maximum, ask constantsOf, and leave the block to the
/// reference when that says no. Private to the kernels beside it.
#pragma once

#include "mase/formats/grid_kernel.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mase {

/// Columns handled side by side: a cache line.
constexpr int64_t lineColumns = 16;
/// Floats that the input is asked for ahead of its use: a page, as hardware looks no further than the one it is in.
constexpr int64_t ahead = 1024;

/// A format as the kernel needs it, all exponents of two.
struct GridConstants {
  int32_t elementExponent; // floor(log2) of the largest element
  int32_t lowestOctave;    // RoundingGrid::minExponent
  int32_t magicShift;      // of C above the octave
  uint32_t limitMantissa;  // bits of the largest element as fp32
  int32_t minScale, maxScale;
  uint32_t scaleRounding; // added to the largest magnitude before its octave is taken
};

/// What one block needs, the first two as bit patterns of fp32.
struct BlockConstants {
  uint32_t lowest = 0; // 2^(lowest octave), scaled
  uint32_t limit = 0;  // the largest element, scaled
  int16_t scale = 0;   // the scale's exponent; of a block of zeros it is to be the least (F1)
  uint8_t octaves = 0; // how far the lowest octave lies below `lowest`: above 0 for deep ones
  enum Kind : uint8_t {
    plain,
    deep,      // the grid goes on below fp32's normal numbers: right for all but subnormal elements
    reference, // not the kernels' business
  } kind = reference;
};

constexpr uint32_t exponentMask = 0x7F800000;

/// The constants of a block whose largest magnitude has this exponent field, after rounding for the scale.
inline BlockConstants constantsOf(const GridConstants &g, int32_t field) {
  BlockConstants block;
  const int32_t scale = std::clamp(field - 127 - g.elementExponent, g.minScale, g.maxScale);
  const int32_t limit = g.elementExponent + scale + 127, lowest = g.lowestOctave + scale + 127;
  const int32_t top = std::max(field, lowest) + g.magicShift;
  if (field < 1 || field > 254 || limit < 1 || limit > 254 || top > 254)
    return block;
  block.kind = lowest < 1 ? BlockConstants::deep : BlockConstants::plain;
  block.lowest = static_cast<uint32_t>(std::max(lowest, 1)) << 23;
  block.limit = static_cast<uint32_t>(limit) << 23 | g.limitMantissa;
  block.scale = static_cast<int16_t>(scale);
  block.octaves = static_cast<uint8_t>(std::max(1 - lowest, 0));
  return block;
}

/// Few instructions a block matter: a block of 32 numbers is quantised in 18 cycles.
struct GridTable {
  GridConstants grid;
  BlockConstants blocks[257]; // by field; 255 and 256: NaN, infinity, and what rounds to them

  /// `pattern`: the block's largest magnitude. A block of zeros is zero under any scale.
  const BlockConstants &of(uint32_t pattern) const {
    return blocks[(pattern == 0 ? std::bit_cast<uint32_t>(1.0F) : pattern + grid.scaleRounding) >> 23];
  }
};

/// Whether the step follows the octave (floats), or is the same for all of a block (integers).
inline bool hasOctaves(const RoundingGrid &grid) { return grid.minExponent < std::ilogb(grid.largest); }

inline GridConstants constantsOf(const GridFormat &format) {
  const RoundingGrid &grid = format.grid;
  const auto largest = static_cast<float>(grid.largest);
  return {std::ilogb(largest),
          grid.minExponent,
          23 - grid.mantissaBits,
          std::bit_cast<uint32_t>(largest) & ~exponentMask,
          format.minScale,
          format.maxScale,
          format.roundsScale ? 0x400000U : 0U};
}

/// Outputs from this size on would not stay in the caches of this day's machines for their reader; writing past the
/// caches saves reading the lines first. In place nothing is saved, since they have been read already.
constexpr int64_t streamedBytes = 32 << 20;

inline bool goesPastCaches(ConstMatrixView x, MatrixView y) {
  return x.data != y.data && y.rows * y.cols * static_cast<int64_t>(sizeof(float)) >= streamedBytes &&
         reinterpret_cast<uintptr_t>(y.data) % 64 == 0 && y.stride % lineColumns == 0;
}

} // namespace mase
