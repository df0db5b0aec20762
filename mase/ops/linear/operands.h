// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The formats that a linear computes with as integers, and what its hardware is told of each.
///
/// A format has a linear when its elements are integers or small floats of up to 16 bits or a table of dyadic
/// fractions, in blocks of 1 x 32 under a power-of-two scale of 4 to 8 bits, or integers under one static scale (A22).
/// Weights, which do not change, may also come in blocks of 1 x 4, 8, 16 or a multiple of 32, under e4m3 scales,
/// under one scale for the tensor (A21) or one for each row (A27). The one place that says so; the integer model, the
/// hardware and its memories ask here. Thread-safe.
#pragma once

#include "mase/formats/block_format.h"

#include <span>

namespace mase {

/// Where the cast to a table changes from one value to the next, away from zero (A26).
struct TableDecision {
  bool negative = false;
  uint32_t above = 0; // magnitudes above this, in halves of the table's unit, have at least...
  uint32_t code = 0;  // ...this value
};

/// One operand, or the output. An element is worth significand * 2^(shift + unitExponent) times its scale.
struct LinearOperand {
  const Format *format = nullptr;
  const Element *element = nullptr; // none: plain integers
  CodeLayout layout;
  int bits = 0;            // of a code
  int significandBits = 0; // |significand| < 2^significandBits, or equal to it where not symmetric
  bool symmetric = true;   // with every significand its negative is one, too
  int maxShift = 0;
  int unitExponent = 0;
  int topExponent = 0;      // floor(log2) of the largest element
  bool roundsScale = false; // A20

  int64_t block = 32;      // features that share a scale; 0: the tensor or the row does, without a scale beside them
  int scaleBits = 8;       // of a scale beside its block; 0: there is none
  ScaleLayout scaleLayout; // of those
  int factorBits = 0;      // of the factor that the whole tensor has beside powers of two (A21, A22)
  bool rowFactors = false; // each output has one of its own (A27)
  ScaleInteger step;       // of static integers (A22)

  std::vector<TableDecision> decisions; // of outputs that are tables, by growing magnitude (A26)

  /// Of an output: there is no cast, the sums leave as they are.
  bool isWide() const { return format == nullptr; }
  bool isStatic() const { return element == nullptr && !isWide(); }
  /// Features of a term (A4): blocks of inputs are 1 x 32.
  int termFeatures() const { return block == 0 ? 32 : static_cast<int>(std::min<int64_t>(block, 32)); }

  /// What stored scales that are powers of two lie above their exponents (A2): 127 of e8.
  int scaleBias() const { return (1 << (scaleBits - 1)) - 1; }
  /// The scale that is stored for a block of exponent `exponent` in BlockIntegers (A2); 0 where there is none.
  int storedScale(int exponent) const { return scaleBits == 0 ? 0 : exponent - unitExponent + scaleBias(); }
  /// Bits of a decoded element's integer, sign included: narrow elements become integers, shift and all (A17).
  int integerBits() const { return 1 + significandBits + (decodesWhole() ? maxShift : 0); }
  /// But not powers of two that reach far, whose products are only shifted.
  bool decodesWhole() const { return significandBits + maxShift <= 7 && (significandBits > 1 || maxShift <= 2); }
  bool isTable() const { return layout.kind == CodeLayout::Kind::table; }
  /// The code of significand * 2^shift, which is an element. Zero has no sign.
  uint32_t code(int32_t significand, int shift) const;
};

/// The code of element `index` of a matrix in the operand's format.
uint32_t codeAt(const LinearOperand &operand, const BlockIntegers &matrix, int64_t index);

/// What a weight tensor has for all of it.
struct WeightConstants {
  int largestScale = 0;           // E_tensor as a decoded scale (A5)
  int factor = 0;                 // 0: there is none
  int exponent = 0;               // what a decoded scale of 127 stands for
  std::vector<ScaleInteger> rows; // factors of the outputs, or none: in units of that (A27)
};

/// `role` is "input", "weight" or "output", for the error's text.
/// Errors  InputError when the format has no linear or is missing.
LinearOperand linearOperand(const Format *format, const char *role);
/// The same for weights.
LinearOperand linearWeight(const Format *format);
/// The constants of a tensor in a weight format.
WeightConstants weightConstants(const LinearOperand &weight, const EncodedMatrix &tensor);
/// The same for the format behind the sum; without one it is wide. Errors  also for a rounding that the cast does not
/// have.
LinearOperand linearOutput(const Format *format);

/// The factors of the sums, factor * 2^exponent: what static scales of input and output and the weight tensor's own
/// come to beside powers of two (A23). One for all outputs, or one for each (A27).
struct SumFactor {
  int bits = 0; // 0: there is none, and factor is 1
  std::vector<int64_t> factor = {1};
  int exponent = 0;
  int64_t of(int64_t output) const { return factor[factor.size() == 1 ? 0 : static_cast<size_t>(output)]; }
};
/// Its bits, which follow from the formats.
int sumFactorBits(const LinearOperand &input, const LinearOperand &weight, const LinearOperand &output);
/// `scales` are those of the weight tensor, without a common power of two: one, or one an output.
SumFactor sumFactor(const LinearOperand &input, const LinearOperand &weight, const LinearOperand &output,
                    std::span<const ScaleInteger> scales);

/// The products of two operands (A18): below 2^bits in units of 2^dropped.
struct ProductWindow {
  static constexpr int leastBits = 24; // unless the exact product is narrower
  int bits = 0, dropped = 0;
};
ProductWindow productWindow(const LinearOperand &a, const LinearOperand &b);

} // namespace mase
