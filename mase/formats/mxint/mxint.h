// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// MXInt: M-bit two's-complement elements (1 integer bit) under a power-of-two scale of 8 bits a block.
///
/// Source  Rouhani et al., OCP Microscaling Formats (MX) Specification v1.0, 2023, section 5.3.4 for MXINT8; other
///         widths as arXiv 2307.15517 uses them.
/// Rules   docs/formats.md, F1 to F9. Rounding `ocp`: exponent floor(log2 max), elements to nearest even.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

class MxInt final : public Format {
public:
  /// `bits` of an element, sign included, 2 to 12.
  MxInt(int bits, BlockShape block);

  static constexpr int minBits = 2, maxBits = 12;
  static constexpr int scaleBits = 8;
  /// The range of the block exponent e8m0 can store (bias 127; code 255 is NaN).
  static constexpr int minExponent = -127, maxExponent = 127;

  std::string name() const override;
  int elementBits() const override { return bits_; }
  double bitsPerElement() const override;
  BlockShape block() const override { return block_; }
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override;
  bool hasIntegers() const override { return true; }
  /// Integers in [-(2^(M-1) - 1), 2^(M-1) - 1]; exponent = stored scale - (M - 2), so that q * 2^exponent is the value.
  BlockIntegers integers(ConstMatrixView x) const override;
  int magnitudeBits() const override { return block_.cols % 32 == 0 ? bits_ - 1 : 0; }
  std::optional<ScaledGrid> scaledGrid() const override;

  /// The scale e8m0 stores for a block of exponent `exponent` in BlockIntegers: scale = exponent + M - 2, bias 127.
  int storedScale(int exponent) const { return exponent + bits_ - 2 + 127; }

private:
  int bits_;
  BlockShape block_;
};

/// One register line's worth: the family for registry.cpp.
FormatFamily mxintFamily();

/// Level 2 on one matrix, written like the specification: the reference that fakeQuantize must equal in every bit.
void mxintFakeQuantizeReference(int bits, BlockShape block, ConstMatrixView x, MatrixView y);

/// Level 2 at memory speed, for blocks of 1 x 32 (SIMD, instruction set chosen at run time).
void mxintFakeQuantize1x32(int bits, ConstMatrixView x, MatrixView y);

} // namespace mase
