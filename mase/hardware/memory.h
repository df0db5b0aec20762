// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a memory of a given width and depth takes, by where it is put. Read one word a cycle, so the width decides how
/// many blocks stand side by side: a block memory has a port of 72 bits, whatever its capacity.
///
///   lutram   64 bits a LUT (leaves), and a LUT for each of the 2:1 multiplexers between the leaves of a bit: read-only
///   bram     ceil(width / 72) x ceil(depth / 512) blocks of 36 Kbit
///   uram     ceil(width / 72) x ceil(depth / 4096) blocks of 288 Kbit
///
/// Beside each, the counter that walks through the words (mase_weight_memory.sv): a LUT and a flip-flop an address bit,
/// 5 LUTs for the wrap and the handshake, 1 flip-flop. Yosys gave 15, 14, 14, 17 LUTs at 512, 704, 1000, 4096 words.
///
/// Counted, not fitted. A test compares bram with Yosys. For lutram Yosys gave, of 36 random bits: 36, 131, 216, 504,
/// 1063 LUTs at 64, 128, 256, 512, 1024 words; the formula gives 36, 108, 252, 540, 1116. Source: AMD UG573, UltraScale
/// memory resources.
#pragma once

#include "mase/hardware/area.h"

#include <bit>
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
  if (kind == MemoryKind::None)
    return area;
  const int addressBits = depthWords <= 2 ? 1 : std::bit_width(static_cast<uint64_t>(depthWords - 1));
  area.lut = addressBits + 5;
  area.ff = addressBits + 1;
  switch (kind) {
  case MemoryKind::None:
    break;
  case MemoryKind::Lutram: {
    int64_t leaves = ceilDivide(depthWords, 64);
    area.lut += widthBits * (2 * leaves - 1);
    area.ff += widthBits; // the register behind it, which a block memory has inside
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
