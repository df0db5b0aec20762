// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// MXInt: M-bit two's-complement elements (1 integer bit) under a power-of-two scale of 8 bits a block.
///
/// Source  Rouhani et al., OCP Microscaling Formats (MX) Specification v1.0, 2023, section 5.3.4 for MXINT8; other
///         widths as arXiv 2307.15517 uses them.
/// Rules   docs/formats.md, F1 to F9. Rounding `ocp`: exponent floor(log2 max), elements to nearest even.
#pragma once

#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"

namespace mase {

/// The members with the default scale and rounding. Others of the family (`mxint4/e5`, `mxint8@mx-cpu`) are plain
/// BlockFormats.
class MxInt final : public BlockFormat {
public:
  /// `bits` of an element, sign included, 2 to 12.
  MxInt(int bits, BlockShape block);

  static constexpr int minBits = 2, maxBits = 12;
  static constexpr int scaleBits = 8;
  /// The range of the block exponent e8m0 can store (bias 127; code 255 is NaN).
  static constexpr int minExponent = -127, maxExponent = 127;

  /// The scale e8m0 stores for a block of exponent `exponent` in BlockIntegers: scale = exponent + M - 2, bias 127.
  int storedScale(int exponent) const { return exponent + elementBits() - 2 + 127; }
};

/// One register line's worth: the family for registry.cpp.
FormatFamily mxintFamily();

} // namespace mase
