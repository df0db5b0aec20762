// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel and the codec for every point of the algebra against the reference and the plain codec, in every bit and
// on every instruction set of this machine: boundaries between elements and the numbers next to them under the scales
// of their blocks, NaN, infinities, subnormals, all octaves, zeros, shapes that no block divides, in place and not.

#include "mase/formats/block_format.h"
#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <bit>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>
#include <unistd.h>

namespace mase {
namespace {

namespace fs = std::filesystem;

// Tables by a name: dyadic or not, fp32s or not, one-sided, neighbours that are close, and full ones of 256.
std::string tableText(const std::string &kind) {
  std::string values;
  const auto add = [&](double value) { values += fmt::format("{}{:.17g}", values.empty() ? "" : ", ", value); };
  Random random(77);
  if (kind == "two")
    add(0), add(1);
  else if (kind == "dyadic")
    for (double value : {0.0, 1.0, -1.0, 4.0, -4.0, 0.5, 6.0})
      add(value);
  else if (kind == "thirds")
    for (double value : {0.0, 1 / 3.0, -1 / 3.0, 0.1, -0.7, 0.9, 1e-3, -2e-9, 17 / 7.0})
      add(value);
  else if (kind == "close")
    for (double value : {0.0, 1.0, 1.0 + 0x1p-22, 1.0 + 0x1p-40, -1.0, -1.0 - 0x1p-23})
      add(value);
  else if (kind == "negative")
    for (int k = 0; k < 20; ++k)
      add(-k / 19.0);
  else
    for (int k = 0; k < std::stoi(kind); ++k) // that many, unordered
      add(k == 9 ? 0 : (random.uniform() * 2 - 1) * std::exp2(-6 * random.uniform()));
  return "values = [" + values + "]\n";
}

// "table:KIND:REST" is a table of that kind in a file of its own.
const BlockFormat &formatOf(const std::string &name) {
  if (!name.starts_with("table:"))
    return dynamic_cast<const BlockFormat &>(parseFormat(name));
  const size_t rest = name.find(':', 6);
  const std::string kind = name.substr(6, rest - 6);
  const fs::path folder = fs::temp_directory_path() / fmt::format("mase-block-kernel-{}", getpid());
  fs::create_directories(folder);
  const fs::path path = folder / (kind + ".toml");
  std::ofstream(path) << tableText(kind);
  const auto &format = dynamic_cast<const BlockFormat &>(
      parseFormat("table(" + path.string() + ")" + (rest == std::string::npos ? "" : name.substr(rest))));
  fs::remove_all(folder);
  return format;
}

constexpr const char *names[] = {
    // tables under powers of two
    "table(nf4):1x32/e8", "table:dyadic", "table:two:1x16", "table:thirds", "table:close:1x48", "table:negative:row",
    "table:24:16x2", "table:40:1x7/e5", "table:100:tensor", "table:256", "table:200:4x32/e4", "table:256:3x5",
    // under other scales
    "table(nf4)", "table(nf4):16x2/fp32", "table(nf4):row", "table(nf4):tensor", "table(nf4):1x16/e4m3",
    "table(nf4):2x8/e4m3", "table(nf4):1x64/e4m3-row", "table:dyadic:row/fp32", "table:two:1x32/e4m3",
    "table:thirds:1x32/fp32", "table:thirds:5x3/fp32", "table:thirds:1x16/e4m3", "table:close:1x32/fp32",
    "table:40:1x16/fp32", "table:100:16x2/fp32", "table:256:tensor/fp32", "table:256:1x16/e4m3-row",
    // integers and small floats under fp32 and e4m3 in blocks of every kind
    "int4:16x2", "int8:16x2", "int12:3x5", "int2:1x7", "int8:1x32", "int8", "int8:row", "int5:2x64", "int12",
    "int9:row", "nvfp4", "nvfp4:2x8", "nvfp4:16x2", "nvfp4:3x32", "nvfp4:1x7/e4m3-row", "nvfp4/e4m3-row",
    // and under powers of two where other kernels do not take them
    "mxint4:1x7", "mxint8:3x5", "mxint12:1x24/e5", "mxfp8_e4m3:1x7", "mxfp8_e5m2:5x3", "mxfp4:16x2", "mxint8:16x2",
    "bl8:1x7", "bl4:3x5/e4", "bmf<6,8>:1x7", "bmf<1,1>:16x2", "bmf<5,2>:row", "mxint9", "mxint12:tensor", "bmf<4,8>"};

uint32_t bitsOf(float x) { return std::isnan(x) ? 0x7FC00000 : std::bit_cast<uint32_t>(x); }

constexpr int64_t rows = 96;

enum class Kind { usual, special, octaves };

// Numbers between neighbouring elements, and next to those.
std::vector<double> boundariesOf(const Element &element) {
  std::vector<double> values, middles;
  for (uint32_t code = 0; code < 1U << element.bits(); ++code)
    if (element.isCode(code))
      values.push_back(element.decode(code));
  std::sort(values.begin(), values.end());
  for (size_t k = 0; k + 1 < values.size(); ++k)
    middles.push_back((values[k] + values[k + 1]) / 2);
  return middles;
}

std::vector<float> sample(const BlockFormat &format, int64_t cols, Kind kind) {
  Random random(31);
  std::vector<float> x(static_cast<size_t>(rows * cols));
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const int octave = kind == Kind::octaves ? static_cast<int>((r / 4 * 11 + c / 16 * 97) % 277) - 149
                                               : static_cast<int>(r % 24) - 12 - 6 * static_cast<int>(c / 16 % 3);
      const auto value = static_cast<float>(std::ldexp(random.uniform() * 2 - 1, octave));
      x[static_cast<size_t>(r * cols + c)] = random.below(11) == 0 ? std::copysign(0.0F, value) : value;
    }
  EncodedMatrix codes;
  format.encodePlainly({x.data(), rows, cols}, codes);
  const std::vector<double> boundaries = boundariesOf(format.element());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < cols; ++c) {
      const uint32_t outer = codes.outer.count() == 0 ? 0 : codes.outer.get(codes.outer.count() == 1 ? 0 : r);
      const int64_t block = r / codes.block.rows * codes.blocksPerRow() + c / codes.block.cols;
      const double scale = format.scale().value(codes.scales.get(block), outer);
      const auto near = static_cast<float>(boundaries[random.below(boundaries.size())] * scale);
      const float moved[] = {near, std::nextafter(near, 0.0F), std::nextafter(near, near * 2)};
      // The largest of a block, where it is, keeps its scale.
      const auto i = static_cast<size_t>(r * cols + c);
      if (kind != Kind::octaves && random.below(2) == 0 && std::fabs(near) < std::fabs(x[i]))
        x[i] = moved[random.below(3)];
      if (random.below(31) == 0)
        x[i] = std::copysign(0x1p-149F * static_cast<float>(random.below(9)), x[i]);
    }
  if (kind == Kind::special) {
    x[static_cast<size_t>(5 * cols)] = std::numeric_limits<float>::quiet_NaN();
    x[static_cast<size_t>(40 * cols + cols - 1)] = -std::numeric_limits<float>::infinity();
    x[static_cast<size_t>(70 * cols + cols / 2)] = std::numeric_limits<float>::max();
  }
  for (int64_t r : {7, 16, 17, 18, 19, 20})
    std::fill_n(x.begin() + r * cols, cols, -0.0F);
  return x;
}

struct BlockKernelTest : testing::TestWithParam<const char *> {
  ~BlockKernelTest() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(BlockKernelTest, EqualsTheReferenceInEveryBit) {
  const BlockFormat &format = formatOf(GetParam());
  const std::shared_ptr<const BlockKernel> kernel = BlockKernel::make(format.element(), format.scale(), format.block());
  ASSERT_TRUE(kernel);
  for (int64_t cols : {1, 16, 77, 160})
    for (Kind kind : {Kind::usual, Kind::special, Kind::octaves}) {
      const std::vector<float> x = sample(format, cols, kind);
      std::vector<float> expected(x.size()), y(x.size());
      format.reference({x.data(), rows, cols}, {expected.data(), rows, cols});
      for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        std::vector<float> inPlace = x;
        // Whatever kernel the format has, and the general one.
        format.fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
        format.quantizeBlocks({inPlace.data(), rows, cols}, {inPlace.data(), rows, cols});
        int wrong = 0;
        for (size_t i = 0; i < y.size(); ++i)
          if (bitsOf(y[i]) != bitsOf(expected[i]) || bitsOf(inPlace[i]) != bitsOf(expected[i]))
            if (++wrong <= 3)
              ADD_FAILURE() << hwy::TargetName(target) << ", " << cols << " columns, element " << i << ": " << x[i]
                            << " became " << y[i] << " and " << inPlace[i] << ", not " << expected[i];
        ASSERT_EQ(wrong, 0);
      }
    }
}

TEST_P(BlockKernelTest, CodesAreThoseOfThePlainCodec) {
  const BlockFormat &format = formatOf(GetParam());
  for (int64_t cols : {1, 16, 77, 160})
    for (Kind kind : {Kind::usual, Kind::special, Kind::octaves}) {
      const std::vector<float> x = sample(format, cols, kind);
      EncodedMatrix expected, codes;
      format.encodePlainly({x.data(), rows, cols}, expected);
      std::vector<float> values(x.size()), y(x.size());
      format.decodePlainly(expected, {values.data(), rows, cols});
      for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
        hwy::SetSupportedTargetsForTest(target);
        format.encode({x.data(), rows, cols}, codes);
        ASSERT_TRUE(codes.scales == expected.scales && codes.outer == expected.outer) << hwy::TargetName(target);
        for (int64_t i = 0; i < rows * cols; ++i)
          ASSERT_EQ(codes.elements.get(i), expected.elements.get(i))
              << hwy::TargetName(target) << ", " << cols << " columns, element " << i << ": "
              << x[static_cast<size_t>(i)];
        ASSERT_TRUE(codes == expected) << "what follows the last code";
        format.decode(expected, {y.data(), rows, cols});
        for (size_t i = 0; i < y.size(); ++i)
          ASSERT_EQ(bitsOf(y[i]), bitsOf(values[i]))
              << hwy::TargetName(target) << ", " << cols << " columns, element " << i << ": " << y[i];
      }
    }
}

// Rows longer than what a kernel takes at once, and a block that they end inside.
TEST_P(BlockKernelTest, LongRowsAreCutBetweenBlocks) {
  const BlockFormat &format = formatOf(GetParam());
  constexpr int64_t cols = 1030, few = 32;
  std::vector<float> x = sample(format, cols, Kind::usual);
  x.resize(few * cols);
  EncodedMatrix expected, codes;
  format.encodePlainly({x.data(), few, cols}, expected);
  std::vector<float> values(x.size()), emulated(x.size()), y(x.size()), z(x.size());
  format.decodePlainly(expected, {values.data(), few, cols});
  format.reference({x.data(), few, cols}, {emulated.data(), few, cols}); // codes may have no -0
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    format.encode({x.data(), few, cols}, codes);
    ASSERT_TRUE(codes == expected) << hwy::TargetName(target);
    format.decode(codes, {y.data(), few, cols});
    format.fakeQuantize({x.data(), few, cols}, {z.data(), few, cols});
    for (size_t i = 0; i < y.size(); ++i)
      ASSERT_TRUE(bitsOf(y[i]) == bitsOf(values[i]) && bitsOf(z[i]) == bitsOf(emulated[i]))
          << hwy::TargetName(target) << ", element " << i << ": " << x[i] << " became " << y[i] << " and " << z[i];
  }
}

// Every code of elements under every code of scales of up to 8 bits, those that no encoder makes included.
TEST_P(BlockKernelTest, AnyCodesDecodeAsThePlainCodecSays) {
  const BlockFormat &format = formatOf(GetParam());
  const int64_t elements = int64_t{1} << std::min(format.elementBits(), 10), most = int64_t{1} << 11;
  const int64_t blockRows = std::min<int64_t>(format.block().rows, 8), scales = format.scaleBits() <= 8 ? 256 : 64;
  EncodedShape shape = format.encodedShape(blockRows * scales, std::min(elements, most));
  EncodedMatrix codes;
  codes.reset(shape);
  Random random(3);
  const auto scaleCode = [&](int64_t b) {
    return format.scaleBits() <= 8 ? static_cast<uint32_t>(b) & ((1U << format.scaleBits()) - 1)
                                   : static_cast<uint32_t>(random.below(1U << 31));
  };
  for (int64_t i = 0; i < codes.elements.count(); ++i)
    codes.elements.set(i, static_cast<uint32_t>(i * (format.elementBits() > 10 ? 37 : 1)) &
                              ((1U << format.elementBits()) - 1));
  for (int64_t b = 0; b < codes.scales.count(); ++b)
    codes.scales.set(b, scaleCode(b / std::max<int64_t>(codes.blocksPerRow(), 1)));
  for (int64_t o = 0; o < codes.outer.count(); ++o)
    codes.outer.set(o, std::bit_cast<uint32_t>(std::ldexp(1.5F, static_cast<int>(o % 250) - 125)));
  std::vector<float> expected(static_cast<size_t>(codes.rows * codes.cols)), y(expected.size());
  format.decodePlainly(codes, {expected.data(), codes.rows, codes.cols});
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    format.decode(codes, {y.data(), codes.rows, codes.cols});
    for (size_t i = 0; i < y.size(); ++i)
      ASSERT_EQ(bitsOf(y[i]), bitsOf(expected[i]))
          << hwy::TargetName(target) << ", element " << i << ": " << y[i] << ", not " << expected[i];
  }
}

std::string testName(const testing::TestParamInfo<const char *> &info) {
  std::string name = fmt::format("{}_{}", info.index, info.param);
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, BlockKernelTest, testing::ValuesIn(names), testName);

// No format is left to the reference alone under the default rounding.
TEST(BlockKernelTakes, EveryFormat) {
  for (const FormatFamily &family : formatFamilies())
    for (const std::string &name : family.examples())
      if (const auto *format = dynamic_cast<const BlockFormat *>(&parseFormat(name));
          format && &format->rounding() == roundings().front()) {
        EXPECT_TRUE(BlockKernel::make(format->element(), format->scale(), format->block())) << name;
      }
}

// Products of more than 24 bits are the reference's.
TEST(BlockKernelTakes, NoMoreBitsThanItCanTell) {
  const BlockFormat &wide = formatOf("bmf<2,8>");
  EXPECT_TRUE(BlockKernel::make(wide.element(), wide.scale(), wide.block()));
  EXPECT_FALSE(BlockKernel::make(wide.element(), *parseScale("e4m3"), wide.block()));
}

// A matrix too large for the caches goes past them when it is not quantised in place.
TEST(BlockKernelStreams, LargeMatricesAreQuantisedAlike) {
  const int64_t height = 1025, cols = 8192 + 16;
  std::vector<float> x(static_cast<size_t>(height * cols)), inPlace(x.size());
  Random random(4);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = i < 100000 ? static_cast<float>(random.uniform() * 2 - 1) : x[i - 99991];
  std::vector<float> room(x.size() + 16);
  float *aligned = room.data() + (64 - reinterpret_cast<uintptr_t>(room.data()) % 64) % 64 / sizeof(float);
  for (const char *name : {"table(nf4)", "int4:16x2"}) {
    const BlockFormat &format = formatOf(name);
    inPlace = x;
    format.fakeQuantize({inPlace.data(), height, cols}, {inPlace.data(), height, cols});
    format.fakeQuantize({x.data(), height, cols}, {aligned, height, cols});
    EXPECT_TRUE(std::equal(inPlace.begin(), inPlace.end(), aligned)) << name;
    const EncodedMatrix codes = format.encode({x.data(), height, cols});
    std::fill_n(aligned, x.size(), 0.0F);
    format.decode(codes, {aligned, height, cols});
    EXPECT_TRUE(std::equal(inPlace.begin(), inPlace.end(), aligned)) << name;
  }
}

} // namespace
} // namespace mase
