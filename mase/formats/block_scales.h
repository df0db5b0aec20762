// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The scales of one row of blocks from their largest magnitudes, for kernels: the reference's choice, many at a time.
///
/// What kernels multiply by is fp32; blocks whose scale or elements come near the ends of fp32's range are left to the
/// reference, all others get the same code as from Scale::choose on every instruction set.
#pragma once

#include "mase/formats/scale.h"

#include <vector>

namespace mase {

struct ScaleRow {
  std::vector<float> scale;   ///< one a block, NaN where it is; 1 for blocks of zeros and those that are left
  std::vector<float> inverse; ///< 1 / scale: exactly for powers of two, else rounded
  std::vector<uint32_t> code; ///< what Scale::choose gives
  std::vector<int64_t> left;  ///< blocks that are the reference's
};

/// The lower bytes of `codes`.
void narrowCodes(const uint32_t *codes, int64_t count, uint8_t *bytes);

class BlockScales {
public:
  /// `smallest`: the element's least magnitude but zero.
  BlockScales(const Element &element, const Scale &scale);

  /// Whether scales are powers of two, so that dividing by them is exact.
  bool arePowers() const { return powers_; }
  /// Significant bits of a scale and its outer one together.
  int significandBits() const { return scale_.significandBits() + scale_.outerSignificandBits(); }

  /// From the patterns of the largest magnitudes, one a block, which are filled up to whole lines. `outer` is the code
  /// of the scale above.
  void find(std::vector<int32_t> &largest, uint32_t outer, ScaleRow &row) const;

  /// From codes that were stored. Blocks under scales that are no fp32s are left.
  template <class Code>
  void read(const Code *codes, int64_t count, uint32_t outer, ScaleRow &row) const;

private:
  struct Power {
    float scale, inverse;
    uint32_t code;
    bool left;
  };
  bool leavesRead(double value) const;
  Power powerOf(int32_t pattern) const;
  void findPowers(const std::vector<int32_t> &largest, size_t count, ScaleRow &row) const;
  void findFloats(const std::vector<int32_t> &largest, size_t count, ScaleRow &row) const;
  void findInner(const std::vector<int32_t> &largest, size_t count, uint32_t outer, ScaleRow &row) const;

  const Element &element_;
  const Scale &scale_;
  bool powers_, isFp32_, quick_;
  std::vector<double> byCode_;        ///< of scales of up to 8 bits: without the one above
  std::vector<uint8_t> leavesByCode_; ///< whether such a scale, with none above, is the reference's when it is read
  std::vector<Power> byField_;        ///< of power-of-two scales, by the exponent field of the (rounded) magnitude
};

} // namespace mase
