// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What hardware takes of a device, and what a device has: five counts.
///
/// lut     6-input look-up tables, those used as distributed memory included
/// ff      flip-flops
/// dsp     DSP slices
/// bram    block memories of 36 Kbit
/// uram    UltraRAM blocks of 288 Kbit
#pragma once

#include <cstdint>

namespace mase {

struct Area {
  int64_t lut = 0, ff = 0, dsp = 0, bram = 0, uram = 0;

  Area &operator+=(const Area &other) {
    lut += other.lut;
    ff += other.ff;
    dsp += other.dsp;
    bram += other.bram;
    uram += other.uram;
    return *this;
  }
  friend Area operator+(Area a, const Area &b) { return a += b; }
  bool operator==(const Area &) const = default;

  /// Whether every count is at most the budget's.
  bool fits(const Area &budget) const {
    return lut <= budget.lut && ff <= budget.ff && dsp <= budget.dsp && bram <= budget.bram && uram <= budget.uram;
  }
};

} // namespace mase
