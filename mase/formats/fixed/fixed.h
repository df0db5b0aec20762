// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Fixed point: W-bit two's-complement integers with F fraction bits, one static binary point for the whole tensor.
///
/// Rules  docs/formats.md, F10. Round to nearest even, saturating. Nothing follows the data, so it is the format of
///        activations whose range is known, and of scores and probabilities in hardware.
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
  std::string_view elementTag() const override { return width_ == 8 ? "I8" : width_ == 16 ? "I16" : ""; }
  ElementRange range() const override;
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override;
  /// NaN has no code: it becomes zero.
  using Format::encode;
  void encode(ConstMatrixView x, EncodedMatrix &result) const override;
  void decode(const EncodedMatrix &x, MatrixView y) const override;
  bool hasIntegers() const override { return true; }
  OperandShape operand() const override;
  /// One block: the tensor.
  BlockIntegers integers(ConstMatrixView x) const override;
  ElementInteger elementInteger(uint32_t code) const override;
  ScaleInteger scaleInteger(uint32_t) const override { return {1, -fraction_}; }

private:
  int32_t wholeOf(float x) const;
  int width_, fraction_;
};

FormatFamily fixedFamily();

} // namespace mase
