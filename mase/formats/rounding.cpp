// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/rounding.h"

#include "mase/formats/bl/mase_rounding.h"
#include "mase/formats/bmf/mase_rounding.h"
#include "mase/formats/mxint/mase_rounding.h"

namespace mase {

const std::vector<const Rounding *> &roundings() {
  static const std::vector<const Rounding *> all = [] {
    std::vector<const Rounding *> list = {&ocpRounding()};
    for (const Rounding *rounding : mxRoundings())
      list.push_back(rounding);
    for (const Rounding *rounding : {&maseBlockFp(), &maseMxInt(), &maseBlockMinifloat(), &maseBlockLog()})
      list.push_back(rounding);
    return list;
  }();
  return all;
}

float largestMagnitude(std::span<const float> x) {
  // Magnitudes order as their bit patterns do, with NaN on top.
  uint32_t largest = 0;
  for (float value : x)
    largest = std::max(largest, std::bit_cast<uint32_t>(value) & 0x7FFFFFFF);
  return std::bit_cast<float>(largest);
}

float roundedLog2(float x) { return static_cast<float>(std::log2(static_cast<double>(x))); }

} // namespace mase
