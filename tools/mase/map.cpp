// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "tools/mase/hardware_options.h"
#include "tools/mase/level.h"

#include <fmt/format.h>

namespace mase::cli {

void addMap(CLI::App &app) {
  CLI::App *command =
      addCommand(app, "map", "Chooses the parallelism of every linear within a device",
                 {"mase map models/llama-stories-1m --format mxint4 --device kv260",
                  "mase map models/llama-stories-1m --format mxint4 --device u250 --objective decode --json"});
  struct Options {
    std::string model;
    LevelOptions level{"emulated", {}, {}};
    HardwareOptions hardware;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_flag("--json", o->json, "One JSON object");
  addFormats(*command, o->level);
  addHardwareOptions(*command, o->hardware);
  command->callback([o] {
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    const Plan plan = model.plan(model.contextFor(0));
    readOutputs(o->hardware, o->level.config, plan);
    const MapReport map = mapModel(o->hardware, plan, assignment);
    if (o->json)
      return print(toJson(map));
    fmt::print("{}", describe(map));
    for (const MappedLinear &linear : map.linears)
      fmt::print("  {:<36} {:>7} x {:<7} tile {:>3} x {:<3} {:>6} cycles {:>7} LUT {:>5} DSP\n", linear.name,
                 linear.config.weight->name(), linear.config.input->name(), linear.config.tileIn, linear.config.tileOut,
                 linear.interval, linear.area.lut, linear.area.dsp);
  });
}

} // namespace mase::cli
