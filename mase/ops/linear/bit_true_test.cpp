// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/linear/bit_true.h"

#include "mase/formats/mxint/mxint.h"
#include "mase/formats/static_integer.h"
#include "mase/support/error.h"
#include "mase/support/parallel.h"
#include "mase/support/random.h"

#include <cmath>
#include <gmock/gmock.h>

namespace mase {
namespace {

using Wide = __int128;

/// Values whose blocks differ by many octaves, with zeros, exact powers of two and whole zero blocks among them.
std::vector<float> spreadValues(int64_t count, uint64_t seed, int octaves) {
  Random random(seed);
  std::vector<float> values(static_cast<size_t>(count));
  int exponent = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (i % 32 == 0)
      exponent = -static_cast<int>(random.below(static_cast<uint64_t>(octaves)));
    uint64_t kind = random.below(16);
    double value = kind == 0 ? 0 : kind == 1 ? 1 : random.uniform() * 2 - 1;
    values[static_cast<size_t>(i)] = exponent == -3 ? 0 : static_cast<float>(std::ldexp(value, exponent));
  }
  return values;
}

BlockIntegers integersOf(const Format &format, int64_t rows, int64_t cols, uint64_t seed, int octaves = 12) {
  std::vector<float> values = spreadValues(rows * cols, seed, octaves);
  return format.integers({values.data(), rows, cols});
}

LinearConfig configOf(int64_t in, int64_t out, const std::string &input, const std::string &weight,
                      const std::string &output, int guardBits = 10) {
  LinearConfig config;
  config.inFeatures = in, config.outFeatures = out, config.guardBits = guardBits;
  config.input = &parseFormat(input), config.weight = &parseFormat(weight), config.output = &parseFormat(output);
  return config;
}

LinearConfig configOf(int64_t in, int64_t out, int inputBits, int weightBits, int outputBits, int guardBits = 10) {
  auto mxint = [](int bits) { return fmt::format("mxint{}", bits); };
  return configOf(in, out, mxint(inputBits), mxint(weightBits), mxint(outputBits), guardBits);
}

Wide floorDivide(Wide a, Wide b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }

int shiftAt(const BlockIntegers &x, int64_t i) { return x.shift.empty() ? 0 : x.shift[static_cast<size_t>(i)]; }

/// A18: a product in units of 2^dropped, round half up.
Wide referenceProduct(Wide significands, int shift, int dropped) {
  if (shift >= dropped)
    return significands * (Wide{1} << (shift - dropped));
  Wide unit = Wide{1} << std::min(dropped - shift, 60); // any farther down gives zero too
  return floorDivide(2 * significands + unit, 2 * unit);
}

/// The sum of one output as A4 to A8 say it, with plain divisions and wide integers.
Wide referenceSum(const LinearConfig &config, const BlockIntegers &w, const BlockIntegers &x, int64_t r, int64_t o) {
  const OperandShape xs = config.input->operand(), ws = config.weight->operand();
  // Bits of an asymmetric operand's own most negative number count once at most.
  const int both = xs.symmetric || ws.symmetric ? 0 : 1;
  const int significands = xs.significandBits - !xs.symmetric + ws.significandBits - !ws.symmetric + both,
            exact = significands + xs.maxShift + ws.maxShift;
  const int dropped = std::max(0, exact - std::max(significands, 24));
  const int64_t wBlock = std::min<int64_t>(w.block.cols, w.cols), step = std::min<int64_t>(wBlock, 32);
  auto blockOf = [&](int64_t i) { return static_cast<size_t>(o / w.block.rows * w.blocksPerRow() + i / wBlock); };
  int largestW = INT_MIN, largestX = INT_MIN;
  for (int32_t e : w.exponent)
    largestW = std::max(largestW, e);
  auto xBlockOf = [&](int64_t i) {
    return static_cast<size_t>(r / x.block.rows * x.blocksPerRow() + i / x.block.cols);
  };
  for (int64_t i = 0; i < x.cols; ++i)
    largestX = std::max(largestX, x.exponent[xBlockOf(i)]);
  Wide sum = 0;
  const bool one = w.block.rows > 1;                                             // one scale for the tensor: a factor
  const bool row = !one && w.block.cols >= w.cols && !w.scale.empty();           // one for each output (A27)
  const int guardBits = (one || row) && x.block.rows > 1 ? 0 : config.guardBits; // A24
  for (int64_t first = 0; first < x.cols; first += step) {
    Wide term = 0;
    for (int64_t i = first; i < std::min(x.cols, first + step); ++i)
      term +=
          referenceProduct(Wide{x.q[static_cast<size_t>(r * x.cols + i)]} * w.q[static_cast<size_t>(o * w.cols + i)],
                           shiftAt(x, r * x.cols + i) + shiftAt(w, o * w.cols + i), dropped);
    int s = largestX - x.exponent[xBlockOf(first)] + largestW - w.exponent[blockOf(first)];
    if (row)
      s = largestX - x.exponent[xBlockOf(first)];
    else if (!w.scale.empty() && !one)
      term *= w.scale[blockOf(first)];
    s = std::min(s, 100); // any larger shift gives zero too
    Wide unit = Wide{1} << s;
    sum += floorDivide(2 * term * (Wide{1} << guardBits) + unit, 2 * unit); // round half up
  }
  if (one && !w.scale.empty())
    sum *= w.scale[0];
  if (row) // 16 bits, those of the largest scale; its own has 13
    sum *= std::llrint(std::ldexp(w.scale[static_cast<size_t>(o)], w.exponent[static_cast<size_t>(o)] - largestW + 3));
  if (!w.outer.empty())
    sum *= w.outer[0];
  return sum;
}

struct Widths {
  int input, weight, output, guardBits;
  int64_t in, out;
};

TEST(LinearBitTrue, SumsAreThoseOfTheSlowReference) {
  for (Widths v : {Widths{4, 4, 8, 10, 64, 64}, Widths{2, 8, 4, 10, 96, 32}, Widths{8, 2, 2, 1, 32, 64},
                   Widths{8, 8, 8, 10, 352, 64}, Widths{12, 12, 12, 16, 64, 32}, Widths{5, 3, 6, 4, 50, 7}}) {
    LinearConfig config = configOf(v.in, v.out, v.input, v.weight, v.output, v.guardBits);
    BlockIntegers w = integersOf(*config.weight, v.out, v.in, 1), x = integersOf(*config.input, 5, v.in, 2, 40);
    LinearSums sums = LinearBitTrue(config, w).sums(x);
    Wide bound = Wide{1} << (linearSumBits(config) - 1); // A7
    for (int64_t r = 0; r < x.rows; ++r)
      for (int64_t o = 0; o < v.out; ++o) {
        Wide expected = referenceSum(config, w, x, r, o);
        ASSERT_TRUE(Wide{sums.sum[static_cast<size_t>(r * v.out + o)]} == expected) << v.in << " row " << r << " " << o;
        ASSERT_TRUE(expected < bound && expected > -bound);
      }
  }
}

TEST(LinearBitTrue, SumsOfEveryFamilyAreThoseOfTheSlowReference) { // A17, A18
  for (auto [input, weight] : {std::pair("mxfp4", "mxfp4"),
                               std::pair("mxint8", "mxfp4"),
                               std::pair("mxfp6_e2m3", "bl4"),
                               std::pair("mxfp6_e3m2", "mxfp6_e3m2"),
                               std::pair("mxfp8_e4m3", "mxfp8_e4m3"),
                               std::pair("mxfp8_e5m2", "mxint4"),
                               std::pair("mxfp8_e5m2", "mxfp8_e5m2"),
                               std::pair("bl8", "bl8"),
                               std::pair("mxint8", "int8"),
                               std::pair("mxint6", "nvfp4"),
                               std::pair("mxfp4", "nvfp4:1x32"),
                               std::pair("mxfp8_e4m3", "mxint4:1x16"),
                               std::pair("mxfp4", "mxint5:tensor"),
                               std::pair("mxint8", "int8:row"),
                               std::pair("fixed<8,4>", "int6:row"),
                               std::pair("mxint8", "mxint4:row"),
                               std::pair("mxint4", "mxint8:1x64"),
                               std::pair("mxfp4", "mxfp4:1x8"),
                               std::pair("fixed<8,4>", "mxint4"),
                               std::pair("mxint4/e5", "fixed<6,4>"),
                               std::pair("fixed<8,4>", "fixed<16,12>"),
                               std::pair("mxfp4/e4", "mxint4/e6"),
                               std::pair("bmf<1,3>", "bmf<4,8>"),
                               std::pair("bmf<6,8>", "bl3")}) {
    LinearConfig config = configOf(96, 32, input, weight, "mxint8");
    BlockIntegers w = integersOf(*config.weight, 32, 96, 1), x = integersOf(*config.input, 5, 96, 2, 40);
    LinearSums sums = LinearBitTrue(config, w).sums(x);
    Wide bound = Wide{1} << (linearSumBits(config) - 1); // A7
    for (int64_t r = 0; r < x.rows; ++r)
      for (int64_t o = 0; o < 32; ++o) {
        Wide expected = referenceSum(config, w, x, r, o);
        ASSERT_TRUE(Wide{sums.sum[static_cast<size_t>(r * 32 + o)]} == expected) << input << " " << weight;
        ASSERT_TRUE(expected < bound && expected > -bound);
      }
  }
}

TEST(LinearBitTrue, TheLargestSumFitsItsWidth) { // A1, A7
  LinearConfig config = configOf(96, 32, 4, 3, 8);
  BlockIntegers w = {32, 96, BlockShape{}, std::vector<int32_t>(32 * 96, -3), std::vector<int32_t>(96, -1)};
  BlockIntegers x = {1, 96, BlockShape{}, std::vector<int32_t>(96, 7), std::vector<int32_t>(3, -2)};
  LinearSums sums = LinearBitTrue(config, w).sums(x);
  EXPECT_EQ(sums.sum[0], int64_t{96} * -21 * 1024);
  EXPECT_EQ(sums.exponent[0], -1 - 2 - 10);
  EXPECT_EQ(linearSumBits(config), 11 + 10 + 2);
}

TEST(LinearBitTrue, ARowDependsOnItselfAlone) { // A16
  LinearConfig config = configOf(64, 96, 5, 4, 6);
  BlockIntegers w = integersOf(*config.weight, 96, 64, 3), x = integersOf(*config.input, 7, 64, 4, 30), whole, one;
  linearBitTrue(config, w, x, whole);
  for (int64_t r = 0; r < 7; ++r) {
    BlockIntegers row = {1,
                         64,
                         BlockShape{},
                         {x.q.begin() + r * 64, x.q.begin() + (r + 1) * 64},
                         {x.exponent.begin() + r * 2, x.exponent.begin() + (r + 1) * 2}};
    linearBitTrue(config, w, row, one);
    EXPECT_TRUE(std::equal(one.q.begin(), one.q.end(), whole.q.begin() + r * 96));
    EXPECT_TRUE(std::equal(one.exponent.begin(), one.exponent.end(), whole.exponent.begin() + r * 3));
  }
}

TEST(LinearBitTrue, IsCloseToTheRealProduct) {
  LinearConfig config = configOf(64, 32, 8, 8, 8);
  std::vector<float> w = spreadValues(32 * 64, 5, 3), x = spreadValues(3 * 64, 6, 3);
  BlockIntegers y;
  linearBitTrue(config, config.weight->integers({w.data(), 32, 64}), config.input->integers({x.data(), 3, 64}), y);
  double error = 0, signal = 0;
  for (int64_t r = 0; r < 3; ++r)
    for (int64_t o = 0; o < 32; ++o) {
      double exact = 0;
      for (int64_t i = 0; i < 64; ++i)
        exact += double{w[static_cast<size_t>(o * 64 + i)]} * x[static_cast<size_t>(r * 64 + i)];
      double got = std::ldexp(y.q[static_cast<size_t>(r * 32 + o)], y.exponent[static_cast<size_t>(r)]);
      error += (got - exact) * (got - exact), signal += exact * exact;
    }
  EXPECT_LT(error, signal * 1e-3);
}

/// Sums with `magnitudeBits` random bits, some of them ties and powers of two.
LinearSums sumsOf(int64_t rows, int64_t cols, int magnitudeBits, int32_t exponent, uint64_t seed) {
  Random random(seed);
  LinearSums sums = {rows, cols, {}, std::vector<int32_t>(static_cast<size_t>(rows), exponent)};
  for (int64_t i = 0; i < rows * cols; ++i) {
    auto bits = static_cast<int>(random.below(static_cast<uint64_t>(magnitudeBits) + 1));
    int64_t value = bits == 0 ? 0 : static_cast<int64_t>(random.bits() >> (64 - bits));
    if (random.below(4) == 0 && bits > 0)
      value = int64_t{1} << (bits - 1);
    sums.sum.push_back(random.below(2) == 0 ? value : -value);
  }
  return sums;
}

TEST(CastSums, AgreesWithTheFormatsOwnQuantizer) { // A14
  for (int bits = MxInt::minBits; bits <= MxInt::maxBits; ++bits)
    for (int32_t exponent : {-20, 0, -100, 90, -126, -139, -145}) { // down to subnormal scales; sums are exact in fp32
      const Format &format = parseFormat(fmt::format("mxint{}", bits));
      LinearSums sums = sumsOf(40, 70, 24, exponent, static_cast<uint64_t>(bits));
      std::vector<float> values;
      for (int64_t sum : sums.sum)
        values.push_back(static_cast<float>(std::ldexp(static_cast<double>(sum), exponent)));
      BlockIntegers expected = format.integers({values.data(), 40, 70}), got = castSums(format, 25, sums);
      ASSERT_EQ(got.q, expected.q) << format.name() << " exponent " << exponent;
      ASSERT_EQ(got.exponent, expected.exponent) << format.name() << " exponent " << exponent;
    }
}

TEST(CastSums, AgreesWithTheQuantizerOfEveryFamily) { // A14, A19, A20
  for (const char *name : {"mxfp4", "mxfp6_e2m3", "mxfp6_e3m2", "mxfp8_e4m3", "mxfp8_e5m2", "bmf<1,3>", "bmf<2,5>",
                           "bmf<4,8>", "bmf<6,2>", "bl3", "bl4", "bl8"})
    for (int32_t exponent : {-20, 0, -60, 90}) {
      const Format &format = parseFormat(name);
      LinearSums sums = sumsOf(40, 70, 24, exponent, 5);
      std::vector<float> values;
      for (int64_t sum : sums.sum)
        values.push_back(static_cast<float>(std::ldexp(static_cast<double>(sum), exponent)));
      BlockIntegers expected = format.integers({values.data(), 40, 70}), got = castSums(format, 25, sums);
      ASSERT_EQ(got.q, expected.q) << name << " exponent " << exponent;
      ASSERT_EQ(got.shift, expected.shift) << name << " exponent " << exponent;
      ASSERT_EQ(got.exponent, expected.exponent) << name << " exponent " << exponent;
    }
}

/// What `format` makes of sums, as its own quantiser and as the cast.
void expectAgreement(const Format &format, const LinearSums &sums) {
  std::vector<float> values;
  for (size_t i = 0; i < sums.sum.size(); ++i)
    values.push_back(static_cast<float>(std::ldexp(static_cast<double>(sums.sum[i]), sums.exponent[0])));
  const BlockIntegers expected = format.integers({values.data(), sums.rows, sums.cols}),
                      got = castSums(format, 25, sums);
  EXPECT_EQ(got.q, expected.q) << format.name() << " exponent " << sums.exponent[0];
  EXPECT_EQ(got.shift, expected.shift) << format.name() << " exponent " << sums.exponent[0];
  EXPECT_EQ(got.exponent, expected.exponent) << format.name() << " exponent " << sums.exponent[0];
}

TEST(CastSums, NarrowScalesLimitAsTheQuantizerDoes) { // F6, A12, A13: from where all is zero to where all is beyond
  for (const char *name : {"mxint4/e4", "mxint8/e5", "mxfp4/e4", "mxfp8_e5m2/e4", "mxfp6_e2m3/e6", "bl4/e4"})
    for (int32_t exponent = -70; exponent <= 30; exponent += 5)
      expectAgreement(parseFormat(name), sumsOf(20, 70, 24, exponent, 5));
}

TEST(CastSums, TablesTakeTheNearestValue) { // F15, A26
  for (const char *name : {"table(nf4_8)", "table(nf4_8):1x32/e5"})
    for (int32_t exponent : {-40, -20, 0, 60})
      expectAgreement(parseFormat(name), sumsOf(40, 70, 24, exponent, 5));
}

TEST(CastSums, StaticScalesRoundEachSum) { // A25: sums are in units of the step's significand
  for (const char *name : {"fixed<8,4>", "fixed<16,-3>", "fixed<24,12>", "fixed<2,0>"})
    for (int32_t exponent : {-40, -24, -12, 0, 12})
      expectAgreement(parseFormat(name), sumsOf(40, 70, 24, exponent, 5));
  const auto &format = static_cast<const StaticInteger &>(parseFormat("int8/0.0262"));
  const LinearSums sums = sumsOf(40, 70, 11, format.step().exponent - 2, 5); // exact in fp32 times the significand
  std::vector<float> values;
  for (int64_t sum : sums.sum)
    values.push_back(
        static_cast<float>(std::ldexp(static_cast<double>(sum * format.step().significand), sums.exponent[0])));
  const BlockIntegers expected = format.integers({values.data(), 40, 70}), got = castSums(format, 25, sums);
  EXPECT_EQ(got.q, expected.q);
  EXPECT_EQ(got.scale, expected.scale);
}

TEST(LinearBitTrue, StaticScalesAreCloseToTheRealProduct) { // A23: what the factor's rounding leaves
  for (auto [input, weight, output] :
       {std::tuple("int8/0.0079", "int8", "int8/0.05"), std::tuple("int12/0.0005", "int8", "int12/0.01"),
        std::tuple("mxint8", "int8", "int8/0.05"), std::tuple("int8/0.0079", "mxint8", "fixed<16,8>")}) {
    LinearConfig config = configOf(64, 32, input, weight, output);
    std::vector<float> w = spreadValues(32 * 64, 5, 3), x = spreadValues(3 * 64, 6, 3), wq(w), xq(x), exact(3 * 32);
    config.weight->fakeQuantize({w.data(), 32, 64}, {wq.data(), 32, 64});
    config.input->fakeQuantize({x.data(), 3, 64}, {xq.data(), 3, 64});
    BlockIntegers y;
    linearBitTrue(config, config.weight->integers({w.data(), 32, 64}), config.input->integers({x.data(), 3, 64}), y);
    const double step = std::ldexp(y.scale.empty() ? 1 : y.scale[0], y.exponent[0]);
    for (int64_t r = 0; r < 3; ++r)
      for (int64_t o = 0; o < 32; ++o) {
        double sum = 0;
        for (int64_t i = 0; i < 64; ++i)
          sum += double{wq[static_cast<size_t>(o * 64 + i)]} * xq[static_cast<size_t>(r * 64 + i)];
        const double limit = (std::exp2(config.output->elementBits() - 1) - 1) * step;
        EXPECT_NEAR(y.q[static_cast<size_t>(r * 32 + o)] * step, std::clamp(sum, -limit, limit),
                    step * (0.5 + 1.0 / 16))
            << output;
      }
  }
}

TEST(CastSums, WideSumsRoundOnce) { // A9, A10: no float holds these
  const Format &format = parseFormat("mxint4");
  LinearSums sums = {1, 3, {(int64_t{1} << 40) + 1, int64_t{3} << 37, (int64_t{3} << 37) + 1}, {-45}};
  BlockIntegers y = castSums(format, 44, sums);
  EXPECT_EQ(y.exponent[0], -7);                    // floor(log2) = 40 - 45, less M - 2
  EXPECT_EQ(y.q, (std::vector<int32_t>{4, 2, 2})); // 1.5 units of 2^38 is a tie to 2; a little more is 2 as well
  sums.sum = {int64_t{1} << 40, int64_t{5} << 37, (int64_t{5} << 37) + 1};
  EXPECT_EQ(castSums(format, 44, sums).q, (std::vector<int32_t>{4, 2, 3})); // 2.5 is a tie to 2, a little more is 3
}

TEST(CastSums, ScalesStayInTheirRange) {
  const Format &format = parseFormat("mxint4");
  LinearSums sums = {1, 2, {1 << 20, 1 << 18}, {-200}};
  EXPECT_EQ(castSums(format, 25, sums).q, (std::vector<int32_t>{0, 0})); // A12
  EXPECT_EQ(castSums(format, 25, sums).exponent[0], -129);
  sums.exponent[0] = 120;
  EXPECT_EQ(castSums(format, 25, sums).q, (std::vector<int32_t>{4, 1})); // A13
  EXPECT_EQ(castSums(format, 25, sums).exponent[0], 125);
  sums.sum = {0, 0};
  EXPECT_EQ(castSums(format, 25, sums).exponent[0], -129); // A11
}

std::string messageOf(const std::function<void()> &action) {
  try {
    action();
  } catch (const InputError &error) {
    return error.what();
  }
  return "no error";
}

// O17: of any size beside the products, and where these are all zero.
TEST(LinearBitTrue, TheBiasIsOneTermMore) {
  const int64_t in = 96, out = 40, rows = 12;
  const Format &format = parseFormat("mxint6");
  const std::vector<float> values = spreadValues(rows * in, 11, 12), weights = spreadValues(out * in, 12, 4);
  for (const double size : {1e-4, 1.0, 300.0, 1e6}) {
    LinearConfig config = configOf(in, out, 6, 6, 8);
    config.hasBias = true;
    std::vector<float> bias = spreadValues(out, 13, 1), x = values;
    for (float &b : bias)
      b = static_cast<float>(b * size);
    std::fill_n(x.begin(), in, 0.0F); // the first row is its bias alone
    const BlockIntegers w = format.integers({weights.data(), out, in}), input = format.integers({x.data(), rows, in});
    std::vector<float> quantizedW(weights.size()), quantizedX(x.size());
    format.fakeQuantize({weights.data(), out, in}, {quantizedW.data(), out, in});
    format.fakeQuantize({x.data(), rows, in}, {quantizedX.data(), rows, in});
    const LinearSums sums = LinearBitTrue(config, w, bias).sums(input);
    const int64_t limit = int64_t{1} << (linearSumBits(config) - 1);
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t o = 0; o < out; ++o) {
        double expected = bias[static_cast<size_t>(o)], largest = std::abs(expected);
        for (int64_t i = 0; i < in; ++i) {
          expected += double{quantizedX[static_cast<size_t>(r * in + i)]} * quantizedW[static_cast<size_t>(o * in + i)];
          largest = std::max(largest, std::abs(expected));
        }
        const auto at = static_cast<size_t>(r * out + o);
        ASSERT_LT(std::abs(sums.sum[at]), limit);
        // Half a unit of the sum for each of four terms, half a unit of the stored bias.
        const double unit = std::ldexp(1.0, sums.exponent[static_cast<size_t>(r)]);
        EXPECT_NEAR(std::ldexp(static_cast<double>(sums.sum[at]), sums.exponent[static_cast<size_t>(r)]), expected,
                    2 * unit + size * std::ldexp(1.0, -15))
            << size << " " << r << " " << o;
      }
  }
}

TEST(LinearBitTrue, RefusesWhatItHasNoIntegersFor) {
  LinearConfig config = configOf(64, 64, 4, 4, 8);
  config.input = &fp32();
  EXPECT_EQ(
      messageOf([&] { linearTermBits(config); }),
      "input format 'fp32' has no integer linear (integers and small floats of up to 16 bits and tables of dyadic "
      "fractions have, in blocks of 1x32 with a power of two as scale, and integers under a static scale; weights "
      "also in blocks of 1x4, 1x8, 1x16 and multiples of 1x32, under e4m3 scales and under one scale for the tensor "
      "or for each row)");
  config = configOf(64, 64, 4, 4, 8, 60);
  EXPECT_EQ(messageOf([&] { linearSumBits(config); }),
            "the sum of 64 features takes 73 bits (63 are possible: fewer guard bits)");
}

} // namespace
} // namespace mase
