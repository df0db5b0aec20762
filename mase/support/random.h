// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Randomness as a function of where it is used: the same (seed, stream, counter) gives the same number in any
/// order, on any thread, after any restart.
///
/// Source  the mixing function is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
///         OOPSLA 2014)
#pragma once

#include <cstdint>

namespace mase {

constexpr uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

/// A sequence of random numbers that belongs to one (seed, stream).
class Random {
public:
  explicit Random(uint64_t seed, uint64_t stream = 0) : state_(mix(mix(seed) ^ stream)) {}

  uint64_t bits() { return mix(state_ + 0x9E3779B97F4A7C15ULL * counter_++); }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// Uniform in [0, bound); the bias is below bound / 2^64.
  uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(bits()) * bound) >> 64);
  }

private:
  uint64_t state_, counter_ = 0;
};

} // namespace mase
