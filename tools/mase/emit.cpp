// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "tools/mase/hardware_options.h"
#include "tools/mase/level.h"

#include <fmt/format.h>

namespace mase::cli {

void addEmit(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "emit", "Writes the SystemVerilog of every linear, with weights, test bench and synthesis scripts",
      {"mase emit models/llama-stories-1m --format mxint4 --device kv260 --data models/llama-stories-1m/eval.txt -o "
       "out/rtl",
       "mase emit models/llama-stories-1m --format mxint4 --device kv260 --data models/llama-stories-1m/eval.txt "
       "--rows 8 -o out/rtl"});
  struct Options {
    std::string model, data, output;
    int64_t rows = 64;
    LevelOptions level{"emulated", {}, {}};
    HardwareOptions hardware;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command->add_option("--data", o->data, "A text; what it gives at each linear becomes the test vectors")->required();
  command->add_option("-o,--output", o->output, "The folder to write")->required();
  command->add_option("--rows", o->rows, "Test vectors of each linear")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  addFormats(*command, o->level);
  addHardwareOptions(*command, o->hardware);
  command->callback([o] {
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    const TextWindows text = model.windows(o->data, model.contextFor(0));
    Plan plan = model.plan(text.context());
    readOutputs(o->hardware, o->level.config, plan);
    const MapReport map = mapModel(o->hardware, plan, assignment);
    const std::vector<WindowView> windows = views(text);
    emitModel(map, plan, assignment, resolveEdgeFormats(o->level, plan, assignment, windows),
              text.inputs(text.count() - 1), o->rows, model.name(), o->output);
    fmt::print("{}{} linears written to {}\n", describe(map), map.linears.size(), o->output);
  });
}

} // namespace mase::cli
