// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A trie in a double array, as the library Darts-clone lays it out: what SentencePiece keeps its replacements in.
///
/// A unit is 32 bits: the label in the lowest 8, a leaf's mark at bit 8, the offset to the children from bit 10 (times
/// 256 where bit 9 is set); a value's unit has bit 31 set. Every step is checked against the array's end.
/// Source  S. Yata, Darts-clone, 2011
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mase {

class DoubleArray {
public:
  explicit DoubleArray(std::vector<uint32_t> units) : units_(std::move(units)) {}

  /// The value of the shortest key that `text` begins with; no key goes past a zero byte.
  std::optional<uint32_t> shortestPrefix(std::string_view text) const {
    size_t at = 0;
    if (units_.empty())
      return std::nullopt;
    uint32_t unit = units_[0];
    at ^= offsetOf(unit);
    for (char byte : text) {
      const auto label = static_cast<uint8_t>(byte);
      at ^= label;
      if (label == 0 || at >= units_.size())
        return std::nullopt;
      unit = units_[at];
      if ((unit & (0x80000000u | 0xFFu)) != label)
        return std::nullopt;
      at ^= offsetOf(unit);
      if ((unit >> 8 & 1) != 0)
        return at < units_.size() ? std::optional(units_[at] & 0x7FFFFFFFu) : std::nullopt;
    }
    return std::nullopt;
  }

private:
  static size_t offsetOf(uint32_t unit) { return (unit >> 10) << ((unit & 0x200u) >> 6); }
  std::vector<uint32_t> units_;
};

} // namespace mase
