// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/bl/mase_rounding.h"

#include "mase/formats/bl/log_element.h"
#include "mase/formats/power_of_two_scale.h"

#include <limits>

namespace mase {
namespace {

int nearestLog2(float x) { return static_cast<int>(std::nearbyint(roundedLog2(x))); }

class MaseBlockLog final : public Rounding {
public:
  std::string_view name() const override { return "mase"; }
  bool takes(const Element &element, const Scale &) const override {
    return dynamic_cast<const LogElement *>(&element);
  }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t) const override {
    const auto &powers = static_cast<const PowerOfTwoScale &>(scale);
    const float largest = largestMagnitude(x);
    if (!std::isfinite(largest)) {
      std::fill(y.begin(), y.end(), std::numeric_limits<float>::quiet_NaN());
      return powers.nanCode();
    }
    const int top = largest == 0 ? -127 : std::min(nearestLog2(largest), 127);
    const int exponent = std::clamp(top - std::ilogb(element.largest()), powers.minExponent(), powers.maxExponent());
    const int low = std::ilogb(element.smallest()) + exponent, high = std::ilogb(element.largest()) + exponent;
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = x[i] == 0 ? 0.0F
                       : std::copysign(
                             static_cast<float>(powerOfTwo(std::clamp(nearestLog2(std::fabs(x[i])), low, high))), x[i]);
    return powers.codeOf(exponent);
  }
};

} // namespace

const Rounding &maseBlockLog() {
  static const MaseBlockLog rounding;
  return rounding;
}

} // namespace mase
