// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/emitted_linear.h"

#include "mase/formats/registry.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

#include <map>
#include <nlohmann/json.hpp>

namespace mase {

std::vector<EmittedLinear> emittedLinears(const std::filesystem::path &folder) {
  const std::filesystem::path path = folder / "manifest.json";
  const std::string text = readTextFile(path);
  try {
    const nlohmann::json manifest = nlohmann::json::parse(text);
    std::map<std::string, LinearConfig> kinds;
    for (const nlohmann::json &kind : manifest.at("kinds")) {
      const auto format = [&](const char *role) {
        return &parseFormat(kind.at("formats").at(role).get<std::string>());
      };
      LinearConfig config;
      config.inFeatures = kind.at("features").at(0);
      config.outFeatures = kind.at("features").at(1);
      config.input = format("input");
      config.weight = format("weight");
      config.output = format("output");
      config.tileIn = kind.at("tile").at(0);
      config.tileOut = kind.at("tile").at(1);
      kinds[kind.at("name")] = config;
    }
    std::vector<EmittedLinear> result;
    for (const nlohmann::json &linear : manifest.at("linears"))
      result.push_back({linear.at("name"), kinds.at(linear.at("kind"))});
    return result;
  } catch (const std::exception &error) {
    fail("{}: does not describe linears as mase emit writes them: {}", path.string(), error.what());
  }
}

} // namespace mase
