// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A number format: element x shared scale x block shape x rounding (docs/formats.md).
///
/// A format is a folder under mase/formats/; this interface is all that the rest of the compiler knows of it. Formats
/// are immutable, live as long as the program, and are unique by name: two tensors have the same format exactly when
/// their `const Format *` are equal. Everything here is thread-safe.
///
/// Four views of one quantised matrix, which the contract test holds against each other:
///   fakeQuantize   the represented values, fp32                            (level 2, "emulated")
///   encode/decode  the stored codes                                        decode(encode(x)) == fakeQuantize(x)
///   integers       significands, shifts and exponents                      (level 3, "bit-true")
///   elementInteger, scaleInteger   what one code means, as hardware decodes it
#pragma once

#include "mase/formats/block_integers.h"
#include "mase/formats/encoded_matrix.h"
#include "mase/support/matrix.h"

#include <string>
#include <string_view>

namespace mase {

/// What the elements reach before the scale: for people and for tables of formats.
struct ElementRange {
  double largest = 0;      ///< greatest magnitude
  double smallest = 0;     ///< least magnitude but zero
  double relativeStep = 0; ///< distance of neighbours relative to the value, at the greatest magnitude's octave
  bool symmetric = true;   ///< with every element its negative is one, too
};

/// How far a value depends on its neighbours: what must be known before it can be quantised.
enum class ScaleReach {
  none,   ///< on nothing: static scales and plain floats
  row,    ///< on its own row at most
  tensor, ///< on other rows: prefill and decode would differ (law 3), so such activations exist in emulation only
};

class Format {
public:
  virtual ~Format() = default;

  /// The one textual name, as the command line, TOML files, the IR and reports write it: `mxint4`, `bmf<4,3>:16x2/e5`.
  virtual std::string name() const = 0;
  /// Bits of one stored element without its share of the scale.
  virtual int elementBits() const = 0;
  /// Bits of one stored scale; 0 where no scale is stored.
  virtual int scaleBits() const { return 0; }
  /// Bits of one element, its share of the scale included: `elementBits + scaleBits / block`. What a whole row or
  /// tensor shares counts nothing, as the share depends on the tensor and vanishes.
  virtual double bitsPerElement() const = 0;
  /// The block; {1, 1} where no scale is shared. Extents may be BlockShape::whole.
  virtual BlockShape block() const = 0;
  virtual ScaleReach scaleReach() const { return ScaleReach::none; }
  /// This format, or where scaleReach() is `tensor` because of one scale for the tensor, the one that has a scale for
  /// every row in its place: what activations use as long as no scale is calibrated.
  virtual const Format &withRowScales() const { return *this; }
  /// Where scaleReach() is `tensor` because of one scale for the tensor: the same elements under a static scale in
  /// which `largest` is the greatest magnitude. None where there is no such format.
  virtual const Format *calibrated(double largest) const { return nullptr; }
  virtual ElementRange range() const = 0;

  /// Level 2, "emulated": quantises `x` and writes the represented values to `y` (may be the same memory).
  /// Shapes must be equal; blocks cut by an edge are padded with zeros (formats.md, F7). Every fp32 has a result.
  virtual void fakeQuantize(ConstMatrixView x, MatrixView y) const = 0;

  /// The codes of a matrix of that shape, as encode() lays them out.
  virtual EncodedShape encodedShape(int64_t rows, int64_t cols) const;
  /// Quantises `x` to codes at their true width, in the memory that `result` has. Every fp32 has a code (NaN: F5).
  virtual void encode(ConstMatrixView x, EncodedMatrix &result) const = 0;
  EncodedMatrix encode(ConstMatrixView x) const {
    EncodedMatrix result;
    encode(x, result);
    return result;
  }
  /// The represented values of `x`, which this format encoded: exactly those of fakeQuantize, except that formats
  /// without a negative zero give zero (F9). Asserts that the shapes are equal.
  virtual void decode(const EncodedMatrix &x, MatrixView y) const = 0;

  /// Whether values may come out of fakeQuantize that no code stands for: such a format cannot be stored.
  virtual bool isEmulationOnly() const { return false; }
  /// Whether encode() makes such codes: decoders of what others wrote refuse the rest.
  virtual bool isElementCode(uint32_t code) const { return true; }
  virtual bool isScaleCode(uint32_t code) const { return true; }
  virtual bool isOuterCode(uint32_t code) const { return true; }
  /// The names that safetensors has for codes of elements and scales ("F4", "F8_E8M0"); empty: it has none.
  virtual std::string_view elementTag() const { return {}; }
  virtual std::string_view scaleTag() const { return {}; }

  /// Level 3, "bit-true": whether the format has an integer view, hence can be a hardware operand.
  virtual bool hasIntegers() const { return false; }
  /// Bounds of the integer view, from which widths of multipliers, shifters and windows follow. Only when
  /// hasIntegers().
  virtual OperandShape operand() const;
  /// The integer view of `x`: exactly the values of fakeQuantize. Only when hasIntegers().
  /// Errors  InputError when an element is NaN or infinite.
  virtual BlockIntegers integers(ConstMatrixView x) const;
  /// What element `code` (below 2^elementBits) means. Only when hasIntegers(); codes for NaN and infinity, which encode
  /// never makes of finite numbers, give zero.
  virtual ElementInteger elementInteger(uint32_t code) const;
  /// What scale `code` (below 2^scaleBits) means, the elements' unit included. Only when hasIntegers(). Where nothing
  /// is stored (scaleBits() is 0), code 0 is the static scale. The code for NaN gives that of the code below it.
  virtual ScaleInteger scaleInteger(uint32_t code) const;
};

/// Bits an element of a tensor when nothing is quantised, and the name of that format: fp32.
const Format &fp32();

} // namespace mase
