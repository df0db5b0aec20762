// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/linear_area.h"

#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/hardware.h"
#include "mase/ops/linear/operands.h"
#include "mase/support/data_files.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mase {
namespace {

int ceilLog2(int64_t value) { return value <= 1 ? 0 : std::bit_width(static_cast<uint64_t>(value - 1)); }

// A small memory as Yosys builds it for this family: RAM32M16 (8 LUTs, 14 bits, 32 words) or RAM64M8 (8 LUTs, 7 bits,
// 64 words), side by side and one above the other.
int64_t smallMemoryLuts(int64_t width, int64_t words) {
  if (words <= 32)
    return 8 * ((width + 13) / 14);
  return 8 * ((width + 6) / 7) * ((words + 63) / 64);
}

// Bits of all adders in a tree that sums `count` numbers of `bits` bits, one bit wider each level.
int64_t treeBits(int64_t count, int64_t bits) {
  int64_t sum = 0;
  for (; count > 1; count = (count + 1) / 2)
    sum += count / 2 * ++bits;
  return sum;
}

// A shifter to the right by up to `most`, of `bits` bits into `width` with zeros on the right: stages of 4 : 1, a LUT a
// bit that is not yet constant.
int64_t shifterLuts(int64_t bits, int64_t width, int64_t most) {
  const int amount = std::min(ceilLog2(most + 1), ceilLog2(width + 1));
  int64_t luts = 0;
  for (int stage = 1; 2 * (stage - 1) < amount; ++stage)
    luts += std::min(bits + (int64_t{1} << 2 * stage) - 1, width);
  return luts;
}

/// An operand behind its decoder: an integer, and a shift where that is not done yet (arithmetic.md A17).
struct Decoded {
  int64_t integerBits, maxShift, shiftBits, elementBits, decodeBits;

  explicit Decoded(const LinearOperand &x) {
    integerBits = x.integerBits();
    maxShift = x.decodesWhole() ? 0 : x.maxShift;
    shiftBits = ceilLog2(maxShift + 1);
    elementBits = integerBits + shiftBits;
    decodeBits = x.layout.kind == CodeLayout::Kind::integer ? 0 : elementBits;
  }
};

} // namespace

Variables linearVariables(const LinearConfig &c) {
  const LinearOperand x = linearOperand(c.input, "input"), w = linearWeight(c.weight), y = linearOutput(c.output);
  const ProductWindow window = productWindow(x, w);
  const Decoded input(x), weight(w);
  int64_t maxShift = input.maxShift + weight.maxShift;
  int64_t inBlocks = std::max(1, c.tileIn / w.termFeatures()), outBlocks = std::max(1, c.tileOut / 32);
  int64_t lanes = c.tileIn / inBlocks;
  int64_t product = window.bits + 1;
  // Without scales of blocks nothing is aligned, and dot products are added up as they are (A24).
  const bool aligns = x.scaleBits + w.scaleBits > 0;
  int64_t term = linearTermBits(c), sum = linearSumBits(c), aligned = aligns ? term + c.guardBits : 0;
  int64_t inBeats = c.inFeatures / c.tileIn, outTiles = c.outFeatures / c.tileOut;
  // A cast to a static scale lets no block wait, and shifts only if the rows' exponents differ (A25).
  int64_t castBeats = 32 / (c.tileOut / outBlocks), castWords = std::max<int64_t>(8, 2 * castBeats);
  const int64_t castLuts = y.isWide()     ? smallMemoryLuts(c.tileOut * sum, 4)
                           : y.isStatic() ? smallMemoryLuts(c.tileOut * y.bits, 4)
                                          : smallMemoryLuts(c.tileOut * sum, castWords);
  const bool normalises = !y.isWide() && (!y.isStatic() || !x.isStatic());
  int64_t rowWords = int64_t{2} << ceilLog2(inBeats); // two rows
  if (inBeats == 1)
    rowWords = 4;
  int64_t rowBits = int64_t{c.tileIn} * x.bits + std::max(1, c.tileIn / 32) * x.scaleBits;
  int64_t plain = term - w.scaleLayout.significandBits; // bits of a term before its scale's significand (A21)
  // Products in DSP slices: those that share one, above its lowest, take something from the packed operand and give it
  // back behind the multiplication, as a carry into their sum or, in front of shifters and last in a sum, at once.
  const bool dsp = c.multiplier == Multiplier::Dsp;
  const int64_t groups = dsp ? (c.tileOut + productsPerDsp(c) - 1) / productsPerDsp(c) : c.tileOut;
  const int64_t packed = c.tileIn * (c.tileOut - groups);
  const int64_t corrected = maxShift > 0 ? packed : inBlocks * (c.tileOut - groups);
  const int64_t exact = input.integerBits + weight.integerBits - 1;
  auto real = [](int64_t value) { return static_cast<double>(value); };
  return {
      {"macs", real(c.macsPerCycle())},
      {"row_macs", real(dsp ? 0 : c.macsPerCycle())},
      {"packed_macs", real(packed)},
      {"carries", real(packed - corrected)},
      {"corrected_bits", real(corrected * exact)},
      {"tile_in", real(c.tileIn)},
      {"tile_out", real(c.tileOut)},
      {"input_bits", real(input.integerBits)},
      {"weight_bits", real(weight.integerBits)},
      {"input_element_bits", real(input.elementBits)},
      {"output_bits", real(y.isWide() ? sum : y.bits)},
      {"product_bits", real(product)},
      {"decode_bits", real(c.tileIn * input.decodeBits + c.macsPerCycle() * weight.decodeBits)},
      {"shift_luts", real(maxShift > 0 ? shifterLuts(exact, product + 1, maxShift) : 0)},
      {"shift_bits", real(input.maxShift > 0 && weight.maxShift > 0 ? ceilLog2(maxShift + 1) : 0)},
      {"rounds", window.dropped > 0 ? 1.0 : 0.0},
      {"float_levels", real(ceilLog2(std::min<int64_t>(y.maxShift, sum) + 1))},
      {"scale_rounds", y.roundsScale ? 1.0 : 0.0},
      {"in_blocks", real(inBlocks)},
      {"out_blocks", real(y.isStatic() || y.isWide() ? 0 : outBlocks)},
      {"tree_bits", real(treeBits(lanes, product))},
      {"term_bits", real(term)},
      {"partial", aligns && lanes < w.termFeatures() ? 1.0 : 0.0},
      {"scale_bits", real(w.scaleLayout.significandBits * plain)},
      {"factor_bits", real(sumFactorBits(x, w, y) * (sum - sumFactorBits(x, w, y)))},
      {"row_factor_bits", real(w.rowFactors ? c.tileOut * sumFactorBits(x, w, y) : 0)},
      {"decision_bits", real(static_cast<int64_t>(y.decisions.size()) * (y.significandBits + 2))},
      {"aligned_bits", real(aligned)},
      {"align_levels", real(aligns ? ceilLog2(aligned + 1) : 0)},
      {"sum_bits", real(sum)},
      {"normal_levels", real(normalises ? ceilLog2(sum) : 0)},
      {"static_bits", real(y.isStatic() ? sum : 0)},
      {"row_luts", real(smallMemoryLuts(rowBits, rowWords))},
      {"cast_luts", real(castLuts)},
      {"index_bits", real(ceilLog2(inBeats))},
      {"tile_bits", real(ceilLog2(outTiles))},
  };
}

const AreaModel &linearAreaModel() {
  static const AreaModel model = readAreaModel(dataFile("mase/ops/linear/cost/linear.toml"));
  return model;
}

Area linearArea(const LinearConfig &config) {
  const AreaModel &model = linearAreaModel();
  Variables variables = linearVariables(config);
  Area area;
  area.lut = std::llround(model.lut.predict(variables));
  area.ff = std::llround(model.ff.predict(variables));
  area.dsp = dspSlices(config);
  if (config.hasBias) { // O17: in no sample; four more syntheses were within 2 % of the biases' own LUTs
    const int64_t aligned = std::max(linearTermBits(config) + linearGuardBits(config), 16), sum = linearSumBits(config);
    area.lut += 38 + config.tileOut * (shifterLuts(16, aligned, aligned) + sum + 16);
    area.ff += 70 + config.tileOut * (33 + aligned + sum);
  }
  return area;
}

} // namespace mase
