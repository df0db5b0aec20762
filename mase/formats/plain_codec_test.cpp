// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Codes of plain floats, fixed point and calibrated integers against their definitions, one at a time: every code of up
// to 16 bits, all octaves, ties, subnormals, NaN and infinities, rows that begin inside a byte; on every instruction
// set of this machine.

#include "mase/formats/float_element.h"
#include "mase/formats/registry.h"
#include "mase/formats/static_integer.h"
#include "mase/support/random.h"

#include <bit>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <limits>

namespace mase {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

uint32_t bitsOf(float x) { return std::isnan(x) ? 0x7FC00000 : std::bit_cast<uint32_t>(x); }

struct Case {
  const char *name;
  int exponentBits = 0, mantissaBits = 0; // 0: an integer
};
constexpr Case cases[] = {
    {"bf16", 8, 7},    {"fp16", 5, 10},     {"fp<4,3>", 4, 3}, {"fp<2,1>", 2, 1},   {"fp<8,1>", 8, 1},
    {"fp<5,2>", 5, 2}, {"fp<7,4>", 7, 4},   {"fp<3,5>", 3, 5}, {"fp<5,23>", 5, 23}, {"fp<8,22>", 8, 22},
    {"fp32", 8, 23},   {"fp<6,11>", 6, 11}, {"fixed<2,0>"},    {"fixed<3,1>"},      {"fixed<5,2>"},
    {"fixed<7,-3>"},   {"fixed<8,4>"},      {"fixed<9,9>"},    {"fixed<11,3>"},     {"fixed<13,32>"},
    {"fixed<16,-3>"},  {"fixed<17,8>"},     {"fixed<20,10>"},  {"fixed<21,-32>"},   {"fixed<24,12>"},
    {"int2/0.75"},     {"int8/0.0262"},     {"int12/1.337"},   {"int6/1e-20"},      {"int12/3e20"}};

struct PlainCodec : testing::TestWithParam<Case> {
  ~PlainCodec() override { hwy::SetSupportedTargetsForTest(0); }

  const Format &format = parseFormat(GetParam().name);
  bool isFloat = GetParam().mantissaBits > 0;
  FloatElement element{std::max(GetParam().exponentBits, 2), std::max(GetParam().mantissaBits, 1), TopCodes::infinity};

  uint32_t codeOf(float x) const {
    float value = 0;
    format.fakeQuantize({&x, 1, 1}, {&value, 1, 1}); // held against its definition elsewhere
    if (!isFloat) {
      const ScaleInteger step = format.scaleInteger(0);
      const double whole = std::isnan(value) ? 0 : value / std::ldexp(step.significand, step.exponent);
      return static_cast<uint32_t>(static_cast<int64_t>(whole)) & ((1U << format.elementBits()) - 1);
    }
    const uint32_t infinity = element.encode(element.largest()) + 1;
    if (std::isnan(value))
      return infinity + 1;
    if (std::isinf(value))
      return infinity | (value < 0 ? 1U << (element.bits() - 1) : 0);
    return element.encode(value);
  }

  float valueOf(uint32_t code) const {
    if (isFloat)
      return static_cast<float>(element.decode(code));
    const ScaleInteger step = format.scaleInteger(0);
    return static_cast<float>(
        std::ldexp(static_cast<double>(format.elementInteger(code).significand) * step.significand, step.exponent));
  }

  void expectCodes(const std::vector<float> &x, int64_t rows, int64_t cols) const {
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      const EncodedMatrix codes = format.encode({x.data(), rows, cols});
      for (int64_t i = 0; i < rows * cols; ++i)
        ASSERT_EQ(codes.elements.get(i), codeOf(x[static_cast<size_t>(i)]))
            << hwy::TargetName(target) << ", " << x[static_cast<size_t>(i)] << " at " << i << " of " << cols;
      const int64_t rest = rows * cols * format.elementBits() % 8;
      if (rest > 0) {
        ASSERT_EQ(codes.elements.bytes().back() >> rest, 0) << "what follows the last code";
      }
    }
  }
};

TEST_P(PlainCodec, EncodesByDefinition) {
  Random random(17);
  std::vector<float> x = {0.0F, -0.0F, inf, -inf, std::numeric_limits<float>::quiet_NaN(), 248.0F, 247.99998F};
  for (uint32_t field = 0; field < 255; ++field)
    for (int k = 0; k < 16; ++k) {
      const auto mantissa = static_cast<uint32_t>(random.below(1U << 23));
      const uint32_t few = mantissa & ~((1U << random.below(24)) - 1);
      const auto sign = static_cast<uint32_t>(random.below(2) << 31);
      x.push_back(std::bit_cast<float>(field << 23 | (k % 2 == 0 ? mantissa : few) | sign));
    }
  for (int k = 0; k < 1000; ++k) { // in the range of the codes
    const auto code = static_cast<uint32_t>(random.below(uint64_t{1} << format.elementBits()));
    x.push_back(valueOf(code));
    x.push_back(valueOf(code) * static_cast<float>(0.9 + 0.2 * random.uniform()));
  }
  x.resize(6000);
  expectCodes(x, 1, 6000);
  expectCodes(x, 77, 77);
  expectCodes(x, 300, 20);
  expectCodes(x, 3, 1);
  expectCodes(x, 1000, 5);
}

TEST_P(PlainCodec, DecodesEveryCode) {
  const int bits = format.elementBits();
  const int64_t all = int64_t{1} << std::min(bits, 16);
  for (int64_t cols : {all, int64_t{37}}) {
    const int64_t rows = (all + cols - 1) / cols;
    EncodedMatrix codes;
    codes.reset({rows, cols, {1, 1}, bits});
    const auto codeAt = [&](int64_t i) {
      return static_cast<uint32_t>(bits <= 16 ? i % all : i * 65521 + i) &
             static_cast<uint32_t>((uint64_t{1} << bits) - 1);
    };
    for (int64_t i = 0; i < rows * cols; ++i)
      codes.elements.set(i, codeAt(i));
    std::vector<float> y(static_cast<size_t>(rows * cols));
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      format.decode(codes, {y.data(), rows, cols});
      for (int64_t i = 0; i < rows * cols; ++i)
        ASSERT_EQ(bitsOf(y[static_cast<size_t>(i)]), bitsOf(valueOf(codeAt(i))))
            << hwy::TargetName(target) << ", code " << codeAt(i) << " at " << i << " of " << cols;
    }
  }
}

std::string testName(const testing::TestParamInfo<Case> &info) {
  std::string name = std::to_string(info.index) + "_" + info.param.name;
  for (char &c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, PlainCodec, testing::ValuesIn(cases), testName);

} // namespace
} // namespace mase
