// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/mxint/mase_rounding.h"

#include "mase/formats/int_element.h"
#include "mase/formats/power_of_two_scale.h"

#include <limits>

namespace mase {
namespace {

// Both are emulation only: block_fp passes values that are no elements, mxint has a code more.
class MaseInt : public Rounding {
public:
  bool takes(const Element &element, const Scale &scale) const override {
    return dynamic_cast<const IntElement *>(&element) && scale.name() == "e8";
  }
  bool isEmulationOnly() const override { return true; }
};

class MaseBlockFp final : public MaseInt {
public:
  std::string_view name() const override { return "mase"; }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t) const override {
    const auto &powers = static_cast<const PowerOfTwoScale &>(scale);
    float largest = 0;
    for (float value : x)
      if (std::isfinite(value))
        largest = std::max(largest, std::fabs(value));
    const int ceiling = largest == 0 ? powers.minExponent() : static_cast<int>(std::ceil(roundedLog2(largest)));
    if (ceiling > 127) {
      std::fill(y.begin(), y.end(), std::numeric_limits<float>::quiet_NaN());
      return powers.nanCode();
    }
    const int exponent = std::max(ceiling - 1, powers.minExponent());
    const double unit = powerOfTwo(exponent);
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = value(x[i], unit, element);
    return powers.codeOf(exponent);
  }

private:
  static float value(float x, double unit, const Element &element) {
    if (!std::isfinite(x) || x == 0)
      return 0;
    if (std::fabs(x) <= 1e-8F)
      return x;
    const double magnitude = element.round((std::fabs(x) + 1e-9F) / unit, Ties::even) * unit;
    return magnitude == 0 ? 0 : std::copysign(static_cast<float>(magnitude), x);
  }
};

class MaseMxInt final : public MaseInt {
public:
  std::string_view name() const override { return "mase-mxint"; }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t outer) const override {
    const uint32_t code = scale.choose(largestMagnitude(x), element, outer);
    const double unit = element.smallest() * scale.value(code, outer), most = element.largest() / element.smallest();
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = code == scale.nanCode()
                 ? std::numeric_limits<float>::quiet_NaN()
                 : static_cast<float>(std::clamp(std::nearbyint(x[i] / unit), -most - 1, most) * unit);
    return code;
  }
};

} // namespace

const Rounding &maseBlockFp() {
  static const MaseBlockFp rounding;
  return rounding;
}

const Rounding &maseMxInt() {
  static const MaseMxInt rounding;
  return rounding;
}

} // namespace mase
