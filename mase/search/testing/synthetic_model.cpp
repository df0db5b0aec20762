// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/search/testing/synthetic_model.h"

#include "mase/formats/registry.h"
#include "mase/support/random.h"

#include <cmath>
#include <fmt/format.h>

namespace mase::testing_support {

std::vector<Slot> llamaSlots(int layers) {
  std::vector<Slot> slots;
  auto linear = [&](const std::string &parent, const std::string &kind, int layer, int64_t in, int64_t out) {
    slots.push_back({parent + kind, kind, layer, Role::weight, in * out});
    slots.push_back({parent + kind, kind, layer, Role::input, in});
  };
  for (int layer = 0; layer < layers; ++layer) {
    std::string attention = fmt::format("model.layers.{}.self_attn.", layer);
    std::string mlp = fmt::format("model.layers.{}.mlp.", layer);
    linear(attention, "q_proj", layer, 128, 128);
    linear(attention, "k_proj", layer, 128, 64);
    linear(attention, "v_proj", layer, 128, 64);
    linear(attention, "o_proj", layer, 128, 128);
    linear(mlp, "gate_proj", layer, 128, 352);
    linear(mlp, "up_proj", layer, 128, 352);
    linear(mlp, "down_proj", layer, 352, 128);
  }
  linear("", "lm_head", -1, 128, 1024);
  return slots;
}

Space llamaSpace(double budget, int layers) {
  std::vector<Slot> slots = llamaSlots(layers);
  std::vector<const Format *> formats;
  for (int bits = 2; bits <= 8; ++bits)
    formats.push_back(&parseFormat(fmt::format("mxint{}", bits)));
  return makeSpace(slots, std::vector(slots.size(), formats), budget);
}

SyntheticModel::SyntheticModel(const Space &space, uint64_t seed, double noise, int windows)
    : space(space), seed(seed), noise(noise), windows(windows) {
  Random random(seed, 1);
  for (const Variable &variable : space.variables) {
    bool input = variable.name.ends_with("input");
    double heavy = input && random.uniform() < 0.15 ? 10 : 1;
    sensitivity.push_back(0.0012 * heavy * std::exp(2 * random.uniform() - 1));
  }
}

double SyntheticModel::expected(const Choice &choice) const {
  double error = 0;
  for (size_t i = 0; i < choice.size(); ++i) {
    double bits = space.variables[i].bits[static_cast<size_t>(choice[i])] - 0.25;
    error += sensitivity[i] * std::pow(4.0, 4 - bits);
  }
  return 2.25 + error + 0.8 * error * error;
}

Evaluation SyntheticModel::operator()(const Choice &choice) const {
  uint64_t hash = seed;
  for (int index : choice)
    hash = mix(hash ^ static_cast<uint64_t>(index));
  Evaluation evaluation;
  double loss = expected(choice);
  for (int window = 0; window < windows; ++window) {
    Random text(seed, 1000 + static_cast<uint64_t>(window)), chaos(hash, static_cast<uint64_t>(window));
    double spread = 0;
    for (int i = 0; i < 12; ++i)
      spread += chaos.uniform() - 0.5;
    evaluation.windowLosses.push_back(loss + text.uniform() - 0.5 + noise * spread);
    evaluation.loss += evaluation.windowLosses.back() / windows;
  }
  evaluation.accuracy = std::exp(-evaluation.loss);
  return evaluation;
}

} // namespace mase::testing_support
