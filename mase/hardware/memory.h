// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What a memory of a given width and depth takes, by where it is put. Read one word a cycle, so the width decides how
/// many blocks stand side by side: a block memory has a port of 72 bits at most, whatever its capacity.
///
///   lutram   64 bits a LUT (leaves), and a LUT for each of the 2:1 multiplexers between the leaves of a bit: read-only
///   bram     blocks of 36 Kbit, all of the shape that takes fewest: 512 x 72, 1024 x 36, 2048 x 18, 4096 x 9, and
///            without parity 8192 x 4, 16384 x 2, 32768 x 1
///   uram     ceil(width / 72) x ceil(depth / 4096) blocks of 288 Kbit
///
/// Beside each, the counter that walks through the words (mase_weight_memory.sv): a LUT and a flip-flop an address bit,
/// 5 LUTs for the wrap and the handshake, 1 flip-flop. Yosys gave 15, 14, 14, 17 LUTs at 512, 704, 1000, 4096 words.
///
/// Two words a cycle (a table that is looked up and a linear's weights too) take both ports of a block: of 36 bits each
/// in a block memory, so its shape of 512 x 72 is none; of 72 in UltraRAM; lutram is there twice. Source: AMD UG573,
/// true dual port.
///
/// Counted, not fitted. Yosys mixes shapes and halves blocks: it took 1, 20, 3.5, 4, 1 and 2.5 blocks for memories of
/// 36 x 1000, 16 x 45056, 40 x 2816, 72 x 2048, 24 x 1408 and 80 x 700, where the formula gives 1, 22, 5, 4, 2 and 3.
/// For lutram Yosys gave, of 36 random bits: 36, 131, 216, 504, 1063 LUTs at 64, 128, 256, 512, 1024 words; the formula
/// gives 36, 108, 252, 540, 1116. Source: AMD UG573, UltraScale memory resources.
#pragma once

#include "mase/hardware/area.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <string_view>

namespace mase {

enum class MemoryKind { None, Lutram, Bram, Uram };

inline std::string_view nameOf(MemoryKind kind) {
  constexpr std::string_view names[] = {"none", "lutram", "bram", "uram"};
  return names[static_cast<int>(kind)];
}

/// Blocks of 36 Kbit.
/// ports  words that are read in the same cycle, 1 or 2
inline int64_t blockMemories(int64_t widthBits, int64_t depthWords, int ports = 1) {
  int64_t least = INT64_MAX;
  for (int64_t depth = ports == 1 ? 512 : 1024; depth <= 32768; depth *= 2) {
    const int64_t slice = (depth <= 4096 ? 36864 : 32768) / depth;
    least = std::min(least, (widthBits + slice - 1) / slice * ((depthWords + depth - 1) / depth));
  }
  return least;
}

inline Area memoryArea(MemoryKind kind, int64_t widthBits, int64_t depthWords, int ports = 1) {
  assert(widthBits >= 0 && depthWords >= 0 && (ports == 1 || ports == 2));
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
    area.lut += ports * widthBits * (2 * leaves - 1);
    area.ff += ports * widthBits; // the register behind it, which a block memory has inside
    break;
  }
  case MemoryKind::Bram:
    area.bram = blockMemories(widthBits, depthWords, ports);
    break;
  case MemoryKind::Uram:
    area.uram = ceilDivide(widthBits, 72) * ceilDivide(depthWords, 4096);
    break;
  }
  return area;
}

} // namespace mase
