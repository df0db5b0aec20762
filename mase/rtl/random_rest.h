// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// When a stream of a simulation rests: in one cycle of four, at random, and now and then for long.
///
/// The same seed gives the same cycles.
#pragma once

#include <cstdint>

namespace mase {

class RandomRest {
public:
  explicit RandomRest(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  bool now() {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17; // xorshift
    if (pause_ > 0)
      return --pause_, true;
    if ((state_ >> 8 & 0x3FF) == 0)
      pause_ = static_cast<int>((state_ >> 32) % 200);
    return (state_ >> 40 & 3) == 0;
  }

private:
  uint64_t state_;
  int pause_ = 0;
};

} // namespace mase
