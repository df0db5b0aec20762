// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/formats/bmf/mase_rounding.h"

#include "mase/formats/bmf/minifloat_element.h"
#include "mase/formats/power_of_two_scale.h"

#include <limits>

namespace mase {
namespace {

class MaseBlockMinifloat final : public Rounding {
public:
  std::string_view name() const override { return "mase"; }
  bool takes(const Element &element, const Scale &scale) const override {
    return dynamic_cast<const MinifloatElement *>(&element) && scale.name() == "e8";
  }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t) const override {
    const auto &powers = static_cast<const PowerOfTwoScale &>(scale);
    const auto &shape = static_cast<const MinifloatElement &>(element);
    const float largest = largestMagnitude(x);
    if (!std::isfinite(largest)) {
      std::fill(y.begin(), y.end(), std::numeric_limits<float>::quiet_NaN());
      return powers.nanCode();
    }
    const int bias = largest == 0 ? 0 : std::max(static_cast<int>(std::floor(roundedLog2(largest))), 0);
    for (size_t i = 0; i < x.size(); ++i)
      y[i] = minifloat(x[i], bias, shape);
    return powers.codeOf((1 << (shape.exponentBits - 1)) - 1 - bias);
  }

private:
  static float minifloat(float x, int bias, const MinifloatElement &shape) {
    if (x == 0)
      return 0;
    const float magnitude = std::fabs(x);
    const int exponent = static_cast<int>(std::floor(roundedLog2(magnitude)));
    const int least = 1 - bias, most = (1 << shape.exponentBits) - 1 - bias;
    const double step = powerOfTwo(std::clamp(exponent, least, most) - shape.mantissaBits);
    const int top = exponent < least ? (1 << shape.mantissaBits) - 1 : (2 << shape.mantissaBits) - 1;
    const double value = std::min<double>(std::nearbyint(magnitude / step), top) * step;
    return value == 0 ? 0 : std::copysign(static_cast<float>(value), x);
  }
};

} // namespace

const Rounding &maseBlockMinifloat() {
  static const MaseBlockMinifloat rounding;
  return rounding;
}

} // namespace mase
