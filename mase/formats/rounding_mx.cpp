// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The two arithmetics of microsoft/microxcaling, each in three ways to break ties and with or without flushing.
// Source: its behaviour, pinned by mase/formats/testdata/microxcaling (see the README there).

#include "mase/formats/power_of_two_scale.h"
#include "mase/formats/rounding.h"

#include <fmt/format.h>
#include <limits>

namespace mase {
namespace {

enum class Path { cpu, extension };
enum class Subnormals { keep, flush };

int roundedFloorLog2(float x) { return static_cast<int>(std::floor(roundedLog2(x))); }

class Mx final : public Rounding {
public:
  Mx(Path path, Ties ties, Subnormals subnormals) : path_(path), ties_(ties), subnormals_(subnormals) {
    name_ = fmt::format("{}{}{}", path == Path::cpu ? "mx-cpu" : "mx-ext",
                        ties == Ties::even         ? "-even"
                        : ties == Ties::towardZero ? "-floor"
                                                   : "",
                        subnormals == Subnormals::flush ? "-flush" : "");
  }

  std::string_view name() const override { return name_; }

  bool takes(const Element &element, const Scale &scale) const override {
    return element.grid() && !element.roundsScale() && dynamic_cast<const PowerOfTwoScale *>(&scale);
  }

  uint32_t quantize(std::span<const float> x, std::span<float> y, const Element &element, const Scale &scale,
                    uint32_t) const override {
    const auto &powers = static_cast<const PowerOfTwoScale &>(scale);
    const RoundingGrid grid = *element.grid();
    const float largest = largestMagnitude(x);
    // Beyond the range of the scale's exponent the block becomes NaN: it is not limited to that range.
    const int exponent = std::isfinite(largest) ? exponentOf(largest) - std::ilogb(grid.largest) : INT_MAX;
    if (exponent > powers.maxExponent()) {
      std::fill(y.begin(), y.end(), std::numeric_limits<float>::quiet_NaN());
      return powers.nanCode();
    }
    const int stored = std::max(exponent, powers.minExponent());
    const bool zero = subnormals_ == Subnormals::flush && largest < std::numeric_limits<float>::min();
    const auto scaleValue = static_cast<float>(powerOfTwo(stored));
    for (size_t i = 0; i < x.size(); ++i) {
      const float scaled = (zero ? 0.0F : x[i]) / scaleValue;
      y[i] = (path_ == Path::cpu ? cpuElement(scaled, grid) : exactElement(scaled, grid)) * scaleValue;
    }
    return powers.codeOf(stored);
  }

private:
  int exponentOf(float largest) const {
    if (largest == 0)
      largest = std::numeric_limits<float>::min();
    return path_ == Path::cpu ? roundedFloorLog2(largest) : std::ilogb(largest);
  }

  // Every step is an fp32 operation, the addition of a half included: 0.49999997 becomes 1.
  float cpuElement(float x, const RoundingGrid &grid) const {
    if (x == 0)
      return 0;
    const float magnitude = std::fabs(x);
    const int exponent = std::max(roundedFloorLog2(magnitude), grid.minExponent);
    const auto step = static_cast<float>(powerOfTwo(exponent - grid.mantissaBits));
    const float steps = magnitude / step;
    float whole = std::floor(steps + (ties_ == Ties::towardZero ? 0.0F : 0.5F));
    if (ties_ == Ties::even && std::fmod(steps - 0.5F, 2.0F) == 0)
      whole -= 1;
    return std::copysign(std::min(whole * step, static_cast<float>(grid.largest)), x);
  }

  float exactElement(float x, const RoundingGrid &grid) const {
    return static_cast<float>(roundToGrid(x, grid, ties_)) + 0.0F; // -0 becomes +0
  }

  Path path_;
  Ties ties_;
  Subnormals subnormals_;
  std::string name_;
};

} // namespace

std::vector<const Rounding *> mxRoundings() {
  static const std::vector<std::unique_ptr<const Mx>> all = [] {
    std::vector<std::unique_ptr<const Mx>> list;
    for (Path path : {Path::cpu, Path::extension})
      for (Ties ties : {Ties::away, Ties::even, Ties::towardZero})
        for (Subnormals subnormals : {Subnormals::keep, Subnormals::flush})
          list.push_back(std::make_unique<const Mx>(path, ties, subnormals));
    return list;
  }();
  std::vector<const Rounding *> pointers;
  for (const std::unique_ptr<const Mx> &rounding : all)
    pointers.push_back(rounding.get());
  return pointers;
}

} // namespace mase
