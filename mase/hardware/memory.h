// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a memory of a given width and depth takes, by where it is put. Read one word a cycle, so the width decides how
/// many blocks stand side by side: a block memory has a port of 72 bits, whatever its capacity.
///
///   lutram   64 bits a LUT (ROM64 or one half of a RAM64M); above 64 words a tree of 4:1 multiplexers, one LUT each
///   bram     ceil(width / 72) x ceil(depth / 512) blocks of 36 Kbit
///   uram     ceil(width / 72) x ceil(depth / 4096) blocks of 288 Kbit
///
/// Counted, not fitted: the formulas carry no error of a model. Source: AMD UG573, UltraScale memory resources.
#pragma once

#include "mase/hardware/area.h"

#include <cassert>
#include <string_view>

namespace mase {

enum class MemoryKind { None, Lutram, Bram, Uram };

inline std::string_view nameOf(MemoryKind kind) {
  constexpr std::string_view names[] = {"none", "lutram", "bram", "uram"};
  return names[static_cast<int>(kind)];
}

inline Area memoryArea(MemoryKind kind, int64_t widthBits, int64_t depthWords) {
  assert(widthBits >= 0 && depthWords >= 0);
  auto ceilDivide = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
  Area area;
  switch (kind) {
  case MemoryKind::None:
    break;
  case MemoryKind::Lutram: {
    int64_t leaves = ceilDivide(depthWords, 64);
    area.lut = widthBits * (leaves + ceilDivide(leaves - 1, 3));
    area.ff = widthBits; // the register behind it, which a block memory has inside
    break;
  }
  case MemoryKind::Bram:
    area.bram = ceilDivide(widthBits, 72) * ceilDivide(depthWords, 512);
    break;
  case MemoryKind::Uram:
    area.uram = ceilDivide(widthBits, 72) * ceilDivide(depthWords, 4096);
    break;
  }
  return area;
}

} // namespace mase
