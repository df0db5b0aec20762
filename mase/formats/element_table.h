// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Elements that are no grid, as kernels see them: in order, with the numbers at which rounding goes from one to the
/// next.
///
/// The boundaries are found from the element's own rounding, bit by bit, so whatever it does with ties is in them.
#pragma once

#include "mase/formats/element.h"

#include <vector>

namespace mase {

struct ElementTable {
  static constexpr int minLevels = 4, maxLevels = 8;
  int levels = 0;             ///< of a binary search: there are 2^levels entries
  std::vector<double> values; ///< ascending; behind the last one come copies of it
  std::vector<uint32_t> codes;
  /// The last double, counted from zero, that does not become the outer one of entries k and k + 1: above zero
  /// boundaries[k] is still entry k and what is greater is not; below zero it is still entry k + 1. Infinity between
  /// copies.
  std::vector<double> boundaries;
  bool isExact = true; ///< whether all values are fp32s
  bool isApart = true; ///< whether neighbours stay apart when they are rounded to fp32 under any scale
  double smallest = 0; ///< the least magnitude but zero

  /// The entry that `v` becomes.
  size_t indexOf(double v) const;
};

/// Of an element with at least two values, zero among them, and at most 256 codes. Its rounding is monotonic and gives
/// its own values back.
ElementTable makeElementTable(const Element &element);

} // namespace mase
