// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/int/calibrated_int.h"

#include "mase/formats/float_scale.h"
#include "mase/support/error.h"

#include <charconv>

namespace mase {
namespace {

constexpr int significantBits = Fp32Scale::significantBits;
constexpr double leastStep = 0x1p-100, greatestStep = 0x1p100;

ScaleInteger integerOf(double step) {
  const int exponent = std::ilogb(step) - (significantBits - 1);
  return {static_cast<int32_t>(step * powerOfTwo(-exponent)), exponent};
}

} // namespace

CalibratedInt::CalibratedInt(int bits, double step) : StaticInteger(bits, integerOf(step), true), step_(step) {}

std::string CalibratedInt::name() const {
  for (int digits = 1;; ++digits) { // 13 bits are told apart by 5
    const std::string text = fmt::format("{:.{}g}", step_, digits);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (roundedStep(value) == step_)
      return fmt::format("int{}/{}", elementBits(), text);
  }
}

double CalibratedInt::roundedStep(double step) {
  const double unit = powerOfTwo(std::ilogb(step) - (significantBits - 1));
  return std::nearbyint(step / unit) * unit;
}

std::string calibratedIntName(int bits, double magnitude) {
  const double largest = std::ldexp(1.0, bits - 1) - 1;
  const double step = std::clamp(magnitude / largest, leastStep, greatestStep);
  return CalibratedInt(bits, CalibratedInt::roundedStep(step)).name();
}

std::unique_ptr<Format> parseCalibratedInt(const FormatName &name, int bits) {
  double step = 0;
  const char *end = name.scale.data() + name.scale.size();
  const auto [rest, error] = std::from_chars(name.scale.data(), end, step);
  if (error != std::errc() || rest != end || !(step >= leastStep && step <= greatestStep))
    fail("format '{}' has scale '{}' (fp32, or a number from 2^-100 to 2^100 are possible)", name.text, name.scale);
  if (name.block || !name.rounding.empty())
    fail("format '{}' has a scale of its own for all of a tensor (no block and no rounding beside it)", name.text);
  return std::make_unique<CalibratedInt>(bits, CalibratedInt::roundedStep(step));
}

} // namespace mase
