// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emitted_linear.h"

#include "mase/formats/registry.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <nlohmann/json.hpp>

namespace mase {
namespace {

using Json = nlohmann::json;

std::map<std::string, LinearConfig> kindsOf(const Json &manifest) {
  std::map<std::string, LinearConfig> kinds;
  for (const Json &kind : manifest.at("kinds")) {
    const auto format = [&](const char *role) { return &parseFormat(kind.at("formats").at(role).get<std::string>()); };
    LinearConfig config;
    config.inFeatures = kind.at("features").at(0);
    config.outFeatures = kind.at("features").at(1);
    config.input = format("input");
    config.weight = format("weight");
    config.output = kind.at("formats").at("output") == "wide" ? nullptr : format("output");
    config.tileIn = kind.at("tile").at(0);
    config.tileOut = kind.at("tile").at(1);
    config.guardBits = kind.at("parameters").at("GuardBits");
    config.hasBias = kind.at("parameters").at("Bias") == 1;
    config.castShift = kind.at("parameters").at("CastShift");
    config.multiplier = kind.at("parameters").at("Dsp") == 1 ? Multiplier::Dsp : Multiplier::CarryRows;
    kinds[kind.at("name")] = config;
  }
  return kinds;
}

} // namespace

std::vector<EmittedLinear> emittedLinears(const std::filesystem::path &folder) {
  const std::filesystem::path path = folder / "manifest.json";
  const std::string text = readTextFile(path);
  try {
    const Json manifest = Json::parse(text);
    const std::map<std::string, LinearConfig> kinds = kindsOf(manifest);
    std::vector<EmittedLinear> result;
    for (const Json &linear : manifest.at("linears")) {
      EmittedLinear &emitted = result.emplace_back();
      emitted.name = linear.at("name");
      emitted.config = kinds.at(linear.at("kind"));
      for (const Json &memory : linear.at("memories"))
        (memory.at("simulated") ? emitted.simulated : emitted.unproven)
            .push_back({memory.at("file"), kinds.at(memory.at("kind"))});
    }
    return result;
  } catch (const std::exception &error) {
    fail("{}: does not describe linears as mase emit writes them: {}", path.string(), error.what());
  }
}

} // namespace mase
