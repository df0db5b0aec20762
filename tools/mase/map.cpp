// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "tools/mase/hardware_options.h"
#include "tools/mase/level.h"

#include <fmt/format.h>
#include <optional>

namespace mase::cli {

void addMap(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "map", "Chooses the parallelism of every operator within a device",
      {"mase map models/llama-stories-1m --format mxint4 --device kv260",
       "mase map models/llama-stories-1m --format mxint4 --device u250 --tile-limit 256 --objective decode --json"});
  struct Options {
    std::string model;
    int64_t context = 0;
    LevelOptions level{"emulated", {}, {}};
    HardwareOptions hardware;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_flag("--json", o->json, "One JSON object");
  command
      ->add_option("--context", o->context,
                   "Tokens of the longest sequence (default: the model's maximum, at most 512)")
      ->check(CLI::Range(1, 1 << 20));
  addFormats(*command, o->level);
  addHardwareOptions(*command, o->hardware);
  command->callback([o] {
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    const Plan plan = model.plan(model.contextFor(o->context));
    readOutputs(o->hardware, o->level.config, plan);
    const std::optional<FormatConfig> config =
        o->level.config.empty() ? std::nullopt : std::optional(readFormatConfig(o->level.config));
    const EdgeFormats edges = resolveEdges(plan.graph(), assignment, config ? &*config : nullptr, {});
    const ModelMap map = mapModel(o->hardware, plan, assignment, edges);
    if (o->json)
      return print(toJson(map.report));
    fmt::print("{}{}\n{}", describe(map.report), table(map.report), tableOfKinds(map.report));
  });
}

} // namespace mase::cli
