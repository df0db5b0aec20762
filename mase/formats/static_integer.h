// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Integers under one scale that stands in the format itself: nothing follows the data.
///
/// value = q * significand * 2^exponent, q in two's complement. What every activation of hardware without scales
/// beside it needs, since a scale that follows the tensor would let a token change those before it. Two families are
/// made of it: fixed point (a power of two, F10) and calibrated integers (13 bits of significand, F12).
#pragma once

#include "mase/formats/format.h"

namespace mase {

class StaticInteger : public Format {
public:
  /// bits       2 to 24, sign included
  /// step       of 13 bits at most, and 12-bit elements then: elements times step are exact in fp32
  /// symmetric  whether -2^(bits-1) is never produced (A1)
  StaticInteger(int bits, ScaleInteger step, bool symmetric) : bits_(bits), step_(step), symmetric_(symmetric) {}

  int elementBits() const override { return bits_; }
  double bitsPerElement() const override { return bits_; }
  BlockShape block() const override { return {1, 1}; }
  ElementRange range() const override;
  /// NaN stays; infinities become the largest.
  void fakeQuantize(ConstMatrixView x, MatrixView y) const override;
  /// NaN has no code: it becomes zero.
  using Format::encode;
  void encode(ConstMatrixView x, EncodedMatrix &result) const override;
  void decode(const EncodedMatrix &x, MatrixView y) const override;
  bool isElementCode(uint32_t code) const override { return !symmetric_ || code != 1U << (bits_ - 1); }
  std::string_view elementTag() const override;
  bool hasIntegers() const override { return true; }
  OperandShape operand() const override;
  /// One block: the tensor.
  BlockIntegers integers(ConstMatrixView x) const override;
  ElementInteger elementInteger(uint32_t code) const override;
  ScaleInteger scaleInteger(uint32_t) const override { return step_; }

  /// Neighbouring elements are so far apart.
  ScaleInteger step() const { return step_; }
  bool isSymmetric() const { return symmetric_; }
  /// The least and the greatest code.
  int32_t least() const { return -(1 << (bits_ - 1)) + (symmetric_ ? 1 : 0); }
  int32_t greatest() const { return (1 << (bits_ - 1)) - 1; }

private:
  double stepValue() const;
  int32_t wholeOf(float x) const;
  int bits_;
  ScaleInteger step_;
  bool symmetric_;
};

} // namespace mase
