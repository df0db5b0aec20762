// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/rope_config.h"

#include "mase/frontend/architectures/config_keys.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace mase {
namespace {

constexpr const char *trainedPositions = "original_max_position_embeddings";

/// A number above 0.
double readPositive(const JsonObject &object, const char *key) {
  const double value = object.number(key);
  if (!(value > 0) || !std::isfinite(value))
    fail("{}: {} is {}, not positive", object.file(), object.nameOf(key), value);
  return value;
}

/// A number that may stand in several places.
class Agreed {
public:
  explicit Agreed(const char *what) : what_(what) {}
  void take(const JsonObject &object, const char *key) {
    if (!key || !object.find(key))
      return;
    const double found = readPositive(object, key);
    if (value && *value != found)
      fail("{}: says both {} and {} for {}", object.file(), *value, found, what_);
    value = found;
  }
  std::optional<double> value;

private:
  const char *what_;
};

std::string typeOf(const JsonObject &rope) {
  std::string type = "default";
  for (const char *key : {"rope_type", "type"})
    if (rope.find(key)) {
      type = rope.text(key);
      if (type != "default" && type != "linear" && type != "llama3")
        fail("{}: {} {} is not implemented (implemented: default, linear, llama3)", rope.file(), rope.nameOf(key),
             inQuotes(type));
    }
  return type;
}

void checkKeys(const JsonObject &rope, const std::string &type) {
  using namespace std::string_view_literals;
  for (const auto &[key, value] : rope.value().items()) {
    const auto isOneOf = [&key = key](std::initializer_list<std::string_view> names) {
      return std::find(names.begin(), names.end(), key) != names.end();
    };
    const bool known = isOneOf({"rope_type"sv, "type"sv, "rope_theta"sv, "partial_rotary_factor"sv}) ||
                       (key == "factor" && (type != "default" || value == 1.0)) ||
                       (type == "llama3" && isOneOf({"low_freq_factor"sv, "high_freq_factor"sv, trainedPositions}));
    if (!known && !value.is_null())
      fail("{}: {} is not implemented (implemented: what rope_type {} has)", rope.file(), rope.nameOf(key.c_str()),
           type);
  }
}

/// Factor and llama3 of one object; the rest is left as it is.
RopeAngles readScaling(const JsonObject &config, const JsonObject &rope) {
  const std::string type = typeOf(rope);
  checkKeys(rope, type);
  RopeAngles angles;
  if (type == "default")
    return angles;
  angles.factor = readPositive(rope, "factor");
  if (type == "linear")
    return angles;
  Agreed positions(trainedPositions);
  positions.take(config, trainedPositions);
  rope.require(trainedPositions);
  positions.take(rope, trainedPositions);
  angles.llama3 = {readPositive(rope, "low_freq_factor"), readPositive(rope, "high_freq_factor"), *positions.value};
  if (angles.llama3->high <= angles.llama3->low)
    fail("{}: high_freq_factor {} is not above low_freq_factor {}", rope.file(), angles.llama3->high,
         angles.llama3->low);
  return angles;
}

} // namespace

RopeAngles readRope(const JsonObject &config, int64_t headDim, const RopeKeys &keys) {
  Agreed theta("rope_theta"), share("partial_rotary_factor");
  for (const char *key : {"rope_theta", keys.olderTheta})
    theta.take(config, key);
  for (const char *key : {"partial_rotary_factor", keys.olderShare})
    share.take(config, key);
  std::optional<RopeAngles> scaling;
  for (const char *key : {"rope_parameters", "rope_scaling"}) {
    if (!config.find(key))
      continue;
    const JsonObject rope = config.object(key);
    const RopeAngles found = readScaling(config, rope);
    if (scaling && *scaling != found)
      fail("{}: rope_parameters and rope_scaling differ", config.file());
    scaling = found;
    theta.take(rope, "rope_theta");
    share.take(rope, "partial_rotary_factor");
  }
  if (!theta.value && !keys.theta)
    fail("{}: rope_theta is missing", config.file());
  RopeAngles angles = scaling.value_or(RopeAngles{});
  angles.theta = theta.value ? *theta.value : *keys.theta;
  const double part = share.value.value_or(keys.share);
  if (!keys.partial && part != 1)
    fail("{}: partial_rotary_factor is {}, which is not implemented here (implemented: 1.0)", config.file(), part);
  const auto turned = static_cast<int64_t>(static_cast<double>(headDim) * std::min(part, 2.0));
  if (turned < 2 || turned % 2 != 0 || turned > headDim)
    fail("{}: partial_rotary_factor {} turns {} of {} features (an even number of them, 2 or more)", config.file(),
         part, turned, headDim);
  angles.rotary = turned == headDim ? 0 : turned;
  return angles;
}

} // namespace mase
