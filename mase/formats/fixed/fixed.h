// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Fixed point: W-bit two's-complement integers with F fraction bits, one static binary point for the whole tensor.
///
/// Rules  docs/formats.md, F10. Round to nearest even, saturating.
#pragma once

#include "mase/formats/registry.h"

namespace mase {

class Fixed final : public Format {
public:
  /// `width` 2 to 24 bits, sign included; `fraction` -32 to 32 bits right of the binary point.
  Fixed(int width, int fraction);

  std::string name() const override;
  int elementBits() const override { return width_; }
  int fractionBits() const { return fraction_; }
  double bitsPerElement() const override { return width_; }
  BlockShape block() const override { return {1, 1}; }
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override;
  /// One more than the width suggests, for -2^(W - 1).
  int magnitudeBits() const override { return width_; }

private:
  int width_, fraction_;
};

FormatFamily fixedFamily();

} // namespace mase
