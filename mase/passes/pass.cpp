// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/passes/pass.h"

#include "mase/passes/bias/bias_pass.h"
#include "mase/passes/gptq/gptq_pass.h"
#include "mase/passes/rotate/rotate_pass.h"
#include "mase/passes/smooth/smooth_pass.h"
#include "mase/support/error.h"
#include "mase/support/nearest_name.h"

#include <algorithm>
#include <charconv>
#include <fmt/ranges.h>

namespace mase {
namespace {

using Run = std::function<void(const PassInput &)>;

Run makeGptq(PassOptions &options) {
  GptqOptions gptq;
  gptq.scales =
      options.choice("scales", {"search", "largest"}) == "search" ? ScaleChoice::search : ScaleChoice::largest;
  const std::string target = options.choice("target", {"stream", "layer", "own"});
  gptq.target = target == "own" ? GptqTarget::own : target == "layer" ? GptqTarget::layer : GptqTarget::stream;
  gptq.damping = options.number("damping", gptq.damping, 1e-6, 10);
  gptq.fidelity = options.number("fidelity", gptq.fidelity, 1e-6, 1e6);
  return [gptq](const PassInput &in) { runGptq(in.weights, in.windows, in.assignment, gptq); };
}

Run makeScales(PassOptions &options) {
  const bool weighted = options.choice("weighted", {"yes", "no"}) == "yes";
  return [weighted](const PassInput &in) {
    runScaleSearch(in.weights, weighted ? in.windows : Layerwise::Windows(), in.assignment);
  };
}

Run makeRotate(PassOptions &options) {
  RotateOptions rotate;
  rotate.seed = static_cast<uint64_t>(options.number("seed", 1, 0, 1e9));
  const std::string what = options.choice("of", {"all", "stream", "heads"});
  rotate.stream = what != "heads", rotate.heads = what != "stream";
  return [rotate](const PassInput &in) { runRotate(in.weights, rotate); };
}

Run makeSmooth(PassOptions &options) {
  SmoothOptions smooth;
  smooth.alpha = options.number("alpha", smooth.alpha, 0, 1);
  const std::string what = options.choice("of", {"all", "norms", "pairs"});
  smooth.norms = what != "pairs", smooth.pairs = what != "norms";
  return [smooth](const PassInput &in) { runSmooth(in.weights, in.windows, smooth); };
}

Run makeReorder(PassOptions &) {
  return [](const PassInput &in) { runReorder(in.weights, in.windows); };
}

Run makeCentre(PassOptions &) {
  return [](const PassInput &in) { runCentre(in.weights, in.windows); };
}

Run makeBias(PassOptions &) {
  return [](const PassInput &in) { runBias(in.weights, in.windows, in.assignment); };
}

} // namespace

double PassOptions::number(const std::string &key, double otherwise, double least, double most) {
  const auto found = values_.find(key);
  if (found == values_.end())
    return otherwise;
  asked_.insert(*found);
  const std::string &text = found->second;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most))
    fail("--pass {}: {} is '{}', not a number from {} to {}", pass_, key, text, least, most);
  return value;
}

std::string PassOptions::choice(const std::string &key, const std::vector<std::string> &possible) {
  const auto found = values_.find(key);
  if (found == values_.end())
    return possible.front();
  asked_.insert(*found);
  if (std::find(possible.begin(), possible.end(), found->second) == possible.end())
    fail("--pass {}: {} is '{}' ({} are possible)", pass_, key, found->second, fmt::join(possible, ", "));
  return found->second;
}

void PassOptions::refuseOthers() const {
  for (const auto &[key, value] : values_)
    if (!asked_.contains(key))
      fail("--pass {}: there is no option '{}' (mase optimize --help lists them)", pass_, key);
}

const std::vector<PassKind> &passKinds() {
  static const std::vector<PassKind> kinds = {
      {"gptq", "rounds weights column by column; those behind make up for the error", false, makeGptq},
      {"rotate", "turns the residual stream and the heads' values by orthogonal matrices", true, makeRotate},
      {"smooth", "moves scales from activations into weights", true, makeSmooth},
      {"reorder", "sorts the inner features of MLPs by size", true, makeReorder},
      {"centre", "moves means of activations into biases", true, makeCentre},
      {"bias", "moves biases by the mean error", false, makeBias},
      {"scales", "gives each block of a weight the scale with the least squared error", false, makeScales},
  };
  return kinds;
}

Pass parsePass(const std::string &text) {
  const size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  std::map<std::string, std::string> values;
  for (size_t at = colon; at != std::string::npos;) {
    const size_t end = text.find(',', at + 1);
    const std::string part = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0)
      fail("--pass {}: '{}' is no option of a pass (NAME=VALUE is right)", text, part);
    values[part.substr(0, equals)] = part.substr(equals + 1);
    at = end;
  }
  std::vector<std::string> names;
  for (const PassKind &kind : passKinds()) {
    names.emplace_back(kind.name);
    if (kind.name != name)
      continue;
    PassOptions options(text, values);
    Pass pass = {text, kind.make(options)};
    options.refuseOthers();
    return pass;
  }
  fail("--pass {}: there is no such pass ({})", text, nameHint(name, names));
}

} // namespace mase
