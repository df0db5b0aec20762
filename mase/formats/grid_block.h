// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the kernels over grids need to know of a format and of one block of it, as bit patterns of fp32.
///
/// Kernels find a block's largest magnitude as an integer maximum, ask constantsOf, and leave the block to the
/// reference when that says no. Private to grid_kernel.cpp and grid_codec.cpp.
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

/// What one block needs, as bit patterns of fp32.
struct BlockConstants {
  uint32_t lowest; // 2^(lowest octave), scaled
  uint32_t limit;  // the largest element, scaled
  bool isDeep;     // the grid goes on below fp32's normal numbers: right for all but subnormal elements
  int32_t scale;   // the scale's exponent; of a block of zeros it is to be minScale (F1)
  int32_t octaves; // how far the lowest octave lies below `lowest`: above 0 when isDeep
};

constexpr uint32_t exponentMask = 0x7F800000;

/// False when the block is the reference's. `pattern`: the block's largest magnitude.
inline bool constantsOf(const GridConstants &g, uint32_t pattern, BlockConstants &block) {
  if (pattern == 0) // a block of zeros is zero under any scale
    pattern = std::bit_cast<uint32_t>(1.0F);
  if (pattern >> 23 == 0 || pattern >> 23 == 255)
    return false;
  const uint32_t field = std::min((pattern + g.scaleRounding) >> 23, 254U);
  const int32_t scale = std::clamp(static_cast<int32_t>(field) - 127 - g.elementExponent, g.minScale, g.maxScale);
  const int32_t limit = g.elementExponent + scale + 127, lowest = g.lowestOctave + scale + 127;
  const int32_t top = std::max(static_cast<int32_t>(field), lowest) + g.magicShift;
  if (limit < 1 || limit > 254 || top > 254)
    return false;
  block.isDeep = lowest < 1;
  block.scale = scale;
  block.octaves = std::max(1 - lowest, 0);
  block.lowest = static_cast<uint32_t>(std::max(lowest, 1)) << 23;
  block.limit = static_cast<uint32_t>(limit) << 23 | g.limitMantissa;
  return true;
}

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

} // namespace mase
