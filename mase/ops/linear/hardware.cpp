// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/hardware.h"

#include "mase/formats/static_integer.h"
#include "mase/ops/linear/bit_true.h"
#include "mase/ops/linear/operands.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <cctype>

namespace mase {
namespace {

constexpr int kLeastDspProduct = 9; // bits; what is narrower synthesis builds of LUTs, asked or not

/// isWide  sums, which no block holds
void checkTile(const char *side, int tile, int64_t features, bool isWide = false) {
  if (!isWide && (features < 32 || features % 32 != 0))
    fail("{} features {} have no hardware (a multiple of 32 has)", side, features);
  bool wholeBlocks = tile > 0 && tile % 32 == 0 && features % tile == 0;
  bool partOfABlock = tile > 0 && 32 % tile == 0 && features % tile == 0;
  if (!wholeBlocks && !partOfABlock)
    fail("{} tile {} does not fit {} features (1, 2, 4, 8, 16, or a multiple of 32 that divides them)", side, tile,
         features);
}

int productBits(const LinearConfig &config) {
  return linearOperand(config.input, "input").integerBits() + linearWeight(config.weight).integerBits();
}

/// Stored scales of weights in a tile.
int64_t blocksInTile(const LinearOperand &weight, int tile) {
  return weight.scaleBits == 0 ? 0 : std::max(1, tile / weight.termFeatures());
}

/// A27, O17: each word holds a slice of each output's factor or bias; those of the last words of a tile are the whole,
/// lowest first.
struct Slices {
  int64_t bits = 0, first = 0; // of a slice; the first of a tile's words that holds one that counts

  Slices(const LinearConfig &config, int all) {
    if (all == 0)
      return;
    const int64_t beats = config.inFeatures / config.tileIn;
    bits = (all + beats - 1) / beats;
    first = beats - (all + bits - 1) / bits;
  }
  /// That of word `beat` of a tile.
  uint32_t of(int64_t value, int64_t beat) const {
    return beat < first ? 0 : static_cast<uint32_t>(value >> (beat - first) * bits);
  }
  uint32_t placed(uint32_t slice, int64_t beat) const { return beat < first ? 0 : slice << (beat - first) * bits; }
};

constexpr int kBiasBits = 16;

Slices factorSlices(const LinearConfig &config) {
  const LinearOperand weight = linearWeight(config.weight), input = linearOperand(config.input, "input");
  return {config, weight.rowFactors ? sumFactorBits(input, weight, linearOutput(config.output)) : 0};
}

Slices biasSlices(const LinearConfig &config) { return {config, config.hasBias ? kBiasBits : 0}; }

/// Bits that are appended from the least significant on, then read as one hexadecimal number.
class Word {
public:
  explicit Word(int64_t width) : nibbles_(static_cast<size_t>((width + 3) / 4)) {}

  void append(uint32_t value, int bits) {
    for (int b = 0; b < bits; ++b, ++used_)
      if ((value >> b & 1) != 0)
        nibbles_[static_cast<size_t>(used_ / 4)] |= static_cast<uint8_t>(1 << used_ % 4);
  }
  /// The next bits, in the order in which they were appended.
  uint32_t take(int bits) {
    uint32_t value = 0;
    for (int b = 0; b < bits; ++b, ++used_)
      value |= (nibbles_[static_cast<size_t>(used_ / 4)] >> used_ % 4 & 1u) << b;
    return value;
  }
  /// Whether `text` is hexadecimal digits of the word's width; then the word holds it.
  bool read(const std::string &text) {
    if (text.size() != nibbles_.size())
      return false;
    for (size_t i = 0; i < text.size(); ++i) {
      size_t digit = digits.find(text[text.size() - 1 - i]);
      if (digit == std::string_view::npos)
        return false;
      nibbles_[i] = static_cast<uint8_t>(digit);
    }
    return true;
  }
  std::string hexadecimal() const {
    std::string text;
    for (auto nibble = nibbles_.rbegin(); nibble != nibbles_.rend(); ++nibble)
      text += digits[*nibble];
    return text;
  }

private:
  static constexpr std::string_view digits = "0123456789abcdef";
  std::vector<uint8_t> nibbles_;
  int64_t used_ = 0;
};

} // namespace

void checkLinearHardware(const LinearConfig &config) {
  linearOperand(config.input, "input");
  linearWeight(config.weight);
  const LinearOperand output = linearOutput(config.output);
  checkTile("input", config.tileIn, config.inFeatures);
  checkTile("output", config.tileOut, config.outFeatures, output.isWide());
  if (config.guardBits < 1 || config.guardBits > 16)
    fail("{} guard bits have no hardware (1 to 16 have)", config.guardBits);
  const int sum = linearSumBits(config);
  if (!output.isWide() && !output.isStatic() && output.significandBits + 1 > sum - 3) // the cast drops two bits or more
    fail("output format '{}' is too wide for sums of {} bits (more guard bits widen them)", config.output->name(), sum);
  if (!hasMultiplier(config))
    fail("a DSP slice for each product of {} bits is none (two outputs a tile or more share slices)",
         productBits(config));
}

int productsPerDsp(const LinearConfig &config) {
  const LinearOperand weight = linearWeight(config.weight);
  const int a = linearOperand(config.input, "input").integerBits();
  const int b = weight.integerBits() + (weight.symmetric ? 0 : 1); // then it is symmetric
  return (27 - b) / (a + b - 1) + 1;
}

bool hasMultiplier(const LinearConfig &config) {
  return config.multiplier != Multiplier::Dsp || config.tileOut > 1 || productBits(config) >= kLeastDspProduct;
}

int64_t dspSlices(const LinearConfig &config) {
  if (config.multiplier != Multiplier::Dsp)
    return 0;
  const int perSlice = productsPerDsp(config);
  return int64_t{config.tileIn} * ((config.tileOut + perSlice - 1) / perSlice);
}

namespace {

/// Input and output have no scales beside them, so what the cast drops is a constant.
bool hasCastShift(const LinearOperand &input, const LinearOperand &output) {
  return input.isStatic() && output.isStatic();
}

/// The exponent of a decoded scale of 127; of static ones that of the step.
int exponentOf127(const LinearOperand &operand) {
  return operand.isStatic() ? operand.step.exponent + 127 : 127 - operand.scaleBias();
}

} // namespace

LinearConstants linearConstants(const LinearConfig &config, const EncodedMatrix &tensor, std::span<const float> bias) {
  assert(config.hasBias == !bias.empty());
  const LinearOperand input = linearOperand(config.input, "input"), weight = linearWeight(config.weight),
                      output = linearOutput(config.output);
  const WeightConstants own = weightConstants(weight, tensor);
  const std::vector<ScaleInteger> one = {{std::max(own.factor, 1), 0}};
  const SumFactor factor = sumFactor(input, weight, output, weight.rowFactors ? own.rows : one);
  LinearConstants constants;
  constants.largestScale = own.largestScale;
  constants.factor = factor.bits > 0 && !weight.rowFactors ? static_cast<int>(factor.of(0)) : 0;
  if (weight.rowFactors)
    constants.rowFactors = factor.factor;
  constants.exponent = own.exponent + exponentOf127(input) + factor.exponent;
  if (!output.isWide())
    constants.exponent -= output.isStatic() ? output.step.exponent : exponentOf127(output);
  if (config.hasBias) { // O17
    const LinearBias stored = linearBias(config, factor, bias);
    const int tensorExponent = own.largestScale + own.exponent - 127 + weight.unitExponent;
    const int unscaled = input.isStatic() ? input.step.exponent : input.unitExponent - input.scaleBias();
    const int least = leastRowExponent(config, stored, tensorExponent) - unscaled;
    if (least > 255)
      fail("a bias of a linear of {} outputs is 2^{} times too far above its weights (scales of rows end there)",
           config.outFeatures, least - 255);
    const int narrow = std::max(0, kBiasBits - linearTermBits(config) - linearGuardBits(config));
    constants.bias = stored.b;
    constants.leastScale = std::max(0, least);
    constants.biasShift = std::min(narrow - least, 767); // beyond, nothing is left of it
  }
  if (hasCastShift(input, output)) { // A25
    const int unit =
        own.largestScale + own.exponent - 127 + weight.unitExponent + input.step.exponent + constants.leastScale;
    constants.castShift = output.step.exponent - factor.exponent -
                          (unit + productWindow(input, weight).dropped - linearGuardBits(config));
  }
  return constants;
}

std::vector<std::pair<std::string, int64_t>> linearParameters(const LinearConfig &config) {
  const LinearOperand input = linearOperand(config.input, "input"), weight = linearWeight(config.weight),
                      output = linearOutput(config.output);
  return {{"InFeatures", config.inFeatures},
          {"OutFeatures", config.outFeatures},
          {"TileIn", config.tileIn},
          {"TileOut", config.tileOut},
          {"InputBits", input.bits},
          {"InputExponentBits", input.layout.exponentBits},
          {"InputMaxShift", input.maxShift},
          {"InputScaleBits", input.scaleBits},
          {"InputTableBits", input.isTable() ? input.significandBits : 0},
          {"WeightBits", weight.bits},
          {"WeightExponentBits", weight.layout.exponentBits},
          {"WeightMaxShift", weight.maxShift},
          {"WeightSymmetric", weight.symmetric ? 1 : 0},
          {"WeightTableBits", weight.isTable() ? weight.significandBits : 0},
          {"TermFeatures", weight.termFeatures()},
          {"WeightScaleBits", weight.scaleBits},
          {"WeightScaleExponentBits", weight.scaleLayout.exponentBits},
          {"FactorBits", sumFactorBits(input, weight, output)},
          {"RowFactors", weight.rowFactors ? 1 : 0},
          {"Bias", config.hasBias ? 1 : 0},
          {"ExtraBits", input.symmetric || weight.symmetric ? 0 : 1},
          {"OutputWide", output.isWide() ? 1 : 0},
          {"OutputBits", outputBits(config)},
          {"OutputExponentBits", output.layout.exponentBits},
          {"OutputMaxShift", output.maxShift},
          {"OutputLargestCode", output.layout.largestCode},
          {"OutputScaleBits", output.scaleBits},
          {"OutputScaleRounds", output.roundsScale ? 1 : 0},
          {"OutputSymmetric", output.symmetric ? 1 : 0},
          {"OutputDecisions", static_cast<int64_t>(output.decisions.size())},
          {"OutputTableBits", output.isTable() ? output.significandBits : 0},
          {"CastShift", hasCastShift(input, output) ? config.castShift : 0},
          {"ExponentDrop", (output.isStatic() ? 126 : output.topExponent) - input.unitExponent - weight.unitExponent},
          {"ProductBits", ProductWindow::leastBits},
          {"GuardBits", config.guardBits},
          {"Dsp", config.multiplier == Multiplier::Dsp ? 1 : 0}};
}

std::vector<std::pair<std::string, std::string>> linearTables(const LinearConfig &config) {
  std::vector<std::pair<std::string, std::string>> tables;
  const std::pair<const char *, LinearOperand> operands[] = {{"InputTable", linearOperand(config.input, "input")},
                                                             {"WeightTable", linearWeight(config.weight)}};
  for (const auto &[parameter, operand] : operands) {
    if (!operand.isTable())
      continue;
    const int codes = 1 << operand.bits, width = operand.significandBits + 1;
    Word word(int64_t{codes} * width);
    for (int code = 0; code < codes; ++code)
      word.append(static_cast<uint32_t>(operand.format->elementInteger(static_cast<uint32_t>(code)).significand),
                  width);
    tables.emplace_back(parameter, fmt::format("{}'h{}", codes * width, word.hexadecimal()));
  }
  if (const LinearOperand output = linearOutput(config.output); output.isTable()) { // A26
    const int width = output.significandBits + 1, entry = width + output.bits + 1;
    const auto count = static_cast<int64_t>(output.decisions.size());
    Word word(count * entry);
    for (const TableDecision &decision : output.decisions) {
      word.append(decision.above, width);
      word.append(decision.code, output.bits);
      word.append(decision.negative ? 1 : 0, 1);
    }
    tables.emplace_back("OutputTable", fmt::format("{}'h{}", count * entry, word.hexadecimal()));
    tables.emplace_back("OutputZero", fmt::format("{}'d{}", output.bits, output.code(0, 0)));
  }
  return tables;
}

std::string linearKindName(const LinearConfig &config) {
  std::string suffix = config.guardBits == LinearConfig{}.guardBits ? "" : fmt::format("_g{}", config.guardBits);
  const bool hasShift = hasCastShift(linearOperand(config.input, "input"), linearOutput(config.output));
  const std::string shift =
      hasShift ? fmt::format("_s{}{}", config.castShift < 0 ? "n" : "", std::abs(config.castShift)) : "";
  if (config.multiplier == Multiplier::Dsp)
    suffix += "_dsp";
  if (config.hasBias)
    suffix += "_bias";
  auto identifier = [](const Format &format) { // bmf<4,3> is bmf4_3, int8/0.02 is int8s
    std::string name, text = format.name();
    const auto *integer = dynamic_cast<const StaticInteger *>(&format);
    if (integer && integer->step().significand != 1)
      text = fmt::format("int{}s", format.elementBits());
    for (char c : text)
      if (std::isalnum(static_cast<unsigned char>(c)))
        name += c;
      else if (c != '<' && c != '>')
        name += '_';
    return name;
  };
  return fmt::format("linear_{}x{}_{}_{}_{}_t{}x{}{}{}", config.inFeatures, config.outFeatures,
                     identifier(*config.input), identifier(*config.weight),
                     config.output ? identifier(*config.output) : "wide", config.tileIn, config.tileOut, suffix, shift);
}

std::string outputName(const LinearConfig &config) { return config.output ? config.output->name() : "wide"; }

int outputBits(const LinearConfig &config) {
  return config.output ? linearOutput(config.output).bits : linearSumBits(config);
}

MemoryShape weightMemoryShape(const LinearConfig &config) {
  const LinearOperand weight = linearWeight(config.weight);
  int64_t perOutput = int64_t{config.tileIn} * weight.bits + blocksInTile(weight, config.tileIn) * weight.scaleBits +
                      factorSlices(config).bits + biasSlices(config).bits;
  return {config.tileOut * perOutput, config.beatsPerRow()};
}

std::vector<std::string> packWeights(const LinearConfig &config, const EncodedMatrix &weight,
                                     std::span<const float> bias) {
  assert(weight.rows == config.outFeatures && weight.cols == config.inFeatures);
  const LinearOperand format = linearWeight(config.weight);
  const int64_t blocks = blocksInTile(format, config.tileIn), width = weightMemoryShape(config).widthBits;
  const Slices factors = factorSlices(config), biases = biasSlices(config);
  const LinearConstants constants = linearConstants(config, weight, bias);
  std::vector<std::string> lines;
  for (int64_t o = 0; o < config.outFeatures; o += config.tileOut)
    for (int64_t i = 0; i < config.inFeatures; i += config.tileIn) {
      Word word(width); // S3
      for (int64_t j = 0; j < config.tileOut; ++j)
        for (int64_t k = 0; k < config.tileIn; ++k)
          word.append(weight.elements.get((o + j) * weight.cols + i + k), format.bits);
      for (int64_t j = 0; j < config.tileOut; ++j)
        for (int64_t b = 0; b < blocks; ++b)
          word.append(
              weight.scales.get((o + j) * weight.blocksPerRow() + (i + b * format.termFeatures()) / format.block),
              format.scaleBits);
      for (int64_t j = o; j < o + config.tileOut && factors.bits > 0; ++j)
        word.append(factors.of(constants.rowFactors[static_cast<size_t>(j)], i / config.tileIn),
                    static_cast<int>(factors.bits));
      for (int64_t j = o; j < o + config.tileOut && biases.bits > 0; ++j)
        word.append(biases.of(constants.bias[static_cast<size_t>(j)], i / config.tileIn),
                    static_cast<int>(biases.bits));
      lines.push_back(word.hexadecimal());
    }
  return lines;
}

StoredWeights unpackWeights(const LinearConfig &config, const std::vector<std::string> &words) {
  const MemoryShape shape = weightMemoryShape(config);
  const LinearOperand format = linearWeight(config.weight);
  const int64_t blocks = blocksInTile(format, config.tileIn);
  const Slices factors = factorSlices(config), biases = biasSlices(config);
  const int64_t blocksPerRow = format.scaleBits > 0 ? config.inFeatures / format.termFeatures()
                               : factors.bits > 0   ? 1
                                                    : 0;
  if (static_cast<int64_t>(words.size()) != shape.depthWords)
    fail("the memory holds {} words ({} are the weights)", words.size(), shape.depthWords);
  StoredWeights stored;
  stored.element.resize(static_cast<size_t>(config.outFeatures * config.inFeatures));
  stored.scale.resize(static_cast<size_t>(config.outFeatures * blocksPerRow));
  stored.bias.resize(static_cast<size_t>(config.hasBias ? config.outFeatures : 0));
  auto next = words.begin();
  for (int64_t o = 0; o < config.outFeatures; o += config.tileOut)
    for (int64_t i = 0; i < config.inFeatures; i += config.tileIn, ++next) {
      Word word(shape.widthBits); // S3
      if (!word.read(*next))
        fail("word '{}' of the memory is not {} bits in hexadecimal", *next, shape.widthBits);
      for (int64_t j = 0; j < config.tileOut; ++j)
        for (int64_t k = 0; k < config.tileIn; ++k)
          stored.element[static_cast<size_t>((o + j) * config.inFeatures + i + k)] = word.take(format.bits);
      for (int64_t j = 0; j < config.tileOut; ++j)
        for (int64_t b = 0; b < blocks; ++b)
          stored.scale[static_cast<size_t>((o + j) * blocksPerRow + i / format.termFeatures() + b)] =
              word.take(format.scaleBits);
      for (int64_t j = o; j < o + config.tileOut && factors.bits > 0; ++j)
        stored.scale[static_cast<size_t>(j)] |=
            factors.placed(word.take(static_cast<int>(factors.bits)), i / config.tileIn);
      for (int64_t j = o; j < o + config.tileOut && biases.bits > 0; ++j)
        stored.bias[static_cast<size_t>(j)] |=
            biases.placed(word.take(static_cast<int>(biases.bits)), i / config.tileIn);
    }
  return stored;
}

} // namespace mase
