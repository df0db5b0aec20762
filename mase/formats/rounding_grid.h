// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The numbers that integers and small floats have in common: multiples of a step that doubles with every octave.
///
/// A magnitude v lies on the grid when it is a multiple of `2^(max(floor(log2 v), minExponent) - mantissaBits)` and at
/// most `largest`. Below minExponent the step stays: subnormals, or all of an integer's range. All arithmetic here is
/// exact in double, as fp32 inputs under scales of up to 17 significant bits cannot come closer to a tie than that.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace mase {

/// Which neighbour takes a value that lies between two: the nearer one and of equals the even one, or the one away from
/// zero; or always the one toward zero.
enum class Ties { even, away, towardZero };

struct RoundingGrid {
  int minExponent = 0;  ///< floor(log2) of the smallest normal value
  int mantissaBits = 0; ///< bits right of the leading one
  double largest = 0;
};

/// 2^exponent for -1022 to 1023.
inline double powerOfTwo(int exponent) { return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52); }

/// A finite number to a whole one.
inline double roundToWhole(double x, Ties ties) {
  switch (ties) {
  case Ties::even:
    return std::nearbyint(x);
  case Ties::away:
    return std::round(x);
  case Ties::towardZero:
    return std::trunc(x);
  }
  return x;
}

/// The number of the grid for a finite `v` of magnitude 0 or 2^-900 to 2^900; beyond `largest` it saturates (F4).
/// The sign stays, that of zero included (F9).
inline double roundToGrid(double v, const RoundingGrid &grid, Ties ties) {
  if (v == 0)
    return v;
  const int step = std::max(std::ilogb(v), grid.minExponent) - grid.mantissaBits;
  const double rounded = roundToWhole(v * powerOfTwo(-step), ties) * powerOfTwo(step);
  return std::clamp(rounded, -grid.largest, grid.largest);
}

} // namespace mase
