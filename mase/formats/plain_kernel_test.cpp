// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plain floats and fixed point against their definitions, one number at a time in double precision: every octave, ties
// and their neighbours, subnormals, the way over the largest number, NaN; on every instruction set of this machine.

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

// All exponents with random mantissas, with few bits (ties of some format), and the neighbours of those.
std::vector<float> sample() {
  // Of fp<4,3>: the tie between the largest number and infinity.
  std::vector<float> x = {0.0F, -0.0F, inf, -inf, std::numeric_limits<float>::quiet_NaN(), 248.0F, 247.99998F};
  Random random(17);
  for (uint32_t field = 0; field < 255; ++field)
    for (int k = 0; k < 60; ++k) {
      const auto mantissa = static_cast<uint32_t>(random.below(1U << 23));
      const uint32_t few = mantissa & ~((1U << random.below(24)) - 1);
      const uint32_t pattern = field << 23 | (k % 2 == 0 ? mantissa : few);
      const uint32_t sign = random.below(2) << 31;
      for (uint32_t near : {pattern, pattern + 1, pattern == 0 ? 0 : pattern - 1})
        x.push_back(std::bit_cast<float>(std::min(near, 0x7F7FFFFFU) | sign));
    }
  return x;
}

template <class Definition>
void expectEqual(const char *name, const Definition &definition, const std::vector<float> &more = {}) {
  const Format &format = parseFormat(name);
  std::vector<float> x = sample();
  x.insert(x.end(), more.begin(), more.end());
  for (int64_t cols : {int64_t{77}, static_cast<int64_t>(x.size())}) {
    const int64_t rows = static_cast<int64_t>(x.size()) / cols;
    for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
      hwy::SetSupportedTargetsForTest(target);
      std::vector<float> y(x.size()), inPlace = x;
      format.fakeQuantize({x.data(), rows, cols}, {y.data(), rows, cols});
      format.fakeQuantize({inPlace.data(), rows, cols}, {inPlace.data(), rows, cols});
      for (size_t i = 0; i < static_cast<size_t>(rows * cols); ++i) {
        const float expected = definition(x[i]);
        const bool same = std::isnan(expected)
                              ? std::isnan(y[i]) && std::isnan(inPlace[i])
                              : std::bit_cast<uint32_t>(expected) == std::bit_cast<uint32_t>(y[i]) &&
                                    std::bit_cast<uint32_t>(y[i]) == std::bit_cast<uint32_t>(inPlace[i]);
        ASSERT_TRUE(same) << name << ", " << hwy::TargetName(target) << ": " << x[i] << " became " << y[i] << " and "
                          << inPlace[i] << ", not " << expected;
      }
    }
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(PlainKernel, FloatsAreIeee754) { // F11
  struct {
    const char *name;
    int exponentBits, mantissaBits;
  } const floats[] = {{"bf16", 8, 7},    {"fp16", 5, 10},     {"fp<8,1>", 8, 1},   {"fp<4,3>", 4, 3},
                      {"fp<2,1>", 2, 1}, {"fp<5,23>", 5, 23}, {"fp<8,22>", 8, 22}, {"fp32", 8, 23}};
  for (const auto &format : floats) {
    const char *const name = format.name;
    const int exponentBits = format.exponentBits, mantissaBits = format.mantissaBits;
    const FloatElement element(exponentBits, mantissaBits, TopCodes::infinity);
    const double overflow = element.largest() + std::ldexp(0.5, std::ilogb(element.largest()) - mantissaBits);
    expectEqual(name, [&](float x) {
      if (!std::isfinite(x))
        return x;
      return std::fabs(x) >= overflow ? std::copysign(inf, x) : static_cast<float>(element.round(x, Ties::even));
    });
  }
}

TEST(PlainKernel, FixedPointSaturates) { // F10
  struct {
    const char *name;
    int width, fraction;
  } const formats[] = {{"fixed<2,0>", 2, 0},     {"fixed<8,4>", 8, 4},     {"fixed<16,-3>", 16, -3},
                       {"fixed<24,12>", 24, 12}, {"fixed<24,32>", 24, 32}, {"fixed<24,-32>", 24, -32}};
  for (const auto &format : formats) {
    const char *const name = format.name;
    const int width = format.width, fraction = format.fraction;
    expectEqual(name, [&](float x) {
      const double whole = std::nearbyint(std::ldexp(static_cast<double>(x), fraction));
      const double limited = std::min(std::max(whole, -std::ldexp(1.0, width - 1)), std::ldexp(1.0, width - 1) - 1);
      return std::isnan(x) ? x : std::copysign(static_cast<float>(std::ldexp(std::fabs(limited), -fraction)), x);
    });
  }
}

TEST(PlainKernel, CalibratedIntegersAreNearest) { // F17
  for (const char *name : {"int2/0.75", "int8/0.0262", "int12/1.337", "int8/1e-20", "int12/3e20"}) {
    const auto &format = dynamic_cast<const StaticInteger &>(parseFormat(name));
    const double step = format.step().significand * powerOfTwo(format.step().exponent);
    std::vector<float> ties; // and their neighbours
    for (int32_t q = 0; q <= format.greatest(); ++q)
      for (float tie : {static_cast<float>((q + 0.5) * step)})
        for (float x : {tie, -tie, std::nextafter(tie, 0.0F), std::nextafter(tie, inf)})
          ties.push_back(x);
    expectEqual(
        name,
        [&](float x) {
          const double whole = std::nearbyint(static_cast<double>(x) / step);
          const double limited = std::min<double>(std::max<double>(whole, format.least()), format.greatest());
          return std::isnan(x) ? x : std::copysign(static_cast<float>(std::fabs(limited) * step), x);
        },
        ties);
  }
}

} // namespace
} // namespace mase
