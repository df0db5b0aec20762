// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/ops/rope/rope_angles.h"

#include <cmath>
#include <numbers>

namespace mase {
namespace {

double scaled(double frequency, const RopeAngles &angles) {
  if (!angles.llama3)
    return frequency / angles.factor;
  const RopeAngles::Llama3 &l = *angles.llama3;
  const double turns = l.positions * frequency / (2 * std::numbers::pi); // in the context of the first training
  if (turns < l.low)
    return frequency / angles.factor;
  if (turns > l.high)
    return frequency;
  const double smooth = (turns - l.low) / (l.high - l.low);
  return (1 - smooth) * frequency / angles.factor + smooth * frequency;
}

} // namespace

RopeAngles ropeAngles(const OperatorDescription &op) {
  RopeAngles angles = {op.attribute<double>("theta"), op.attributeOr<int64_t>("rotary", 0),
                       op.attributeOr("factor", 1.0), std::nullopt};
  if (op.attributes.contains("llama3")) {
    const auto &l = op.attribute<std::vector<double>>("llama3");
    angles.llama3 = {l.at(0), l.at(1), l.at(2)};
  }
  return angles;
}

std::vector<double> ropeFrequencies(const RopeAngles &angles, int64_t headDim) {
  const int64_t half = rotaryFeatures(angles, headDim) / 2;
  std::vector<double> frequencies;
  for (int64_t j = 0; j < half; ++j)
    frequencies.push_back(scaled(std::pow(angles.theta, -static_cast<double>(j) / static_cast<double>(half)), angles));
  return frequencies;
}

} // namespace mase
