// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/formats/registry.h"
#include "mase/frontend/model.h"
#include "mase/runtime/calibrate.h"
#include "mase/runtime/format_config.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "tools/mase/task_options.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Options {
  TaskOptions task;
  std::string model, format, config, output, outputFormat;
};

FormatConfig configOf(const Options &o) {
  if (o.format.empty() == o.config.empty())
    fail("--format or --config says the formats (one of them)");
  if (!o.config.empty())
    return readFormatConfig(o.config, TensorScales::keep);
  const Format &format = parseFormat(o.format);
  FormatRule rule = {"*", {&format}, {&format}, {}, {}, "--format"};
  if (!o.outputFormat.empty())
    rule.output = {&parseFormat(o.outputFormat)};
  return {"--format", {rule}};
}

} // namespace

void addCalibrate(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "calibrate", "Finds static scales of activations on a text and writes them as formats of every tensor",
      {"mase calibrate models/llama-stories-1m --format int8 --data models/llama-stories-1m/eval.txt -o out/int8.toml",
       "mase calibrate models/llama-stories-1m --format int8 --output-format int8 --data "
       "models/llama-stories-1m/eval.txt -o out/int8.toml"});
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  addTask(*command, o->task, ": its largest values set the scales");
  command->add_option("-o,--output", o->output, "The .toml file")->required();
  command->add_option("--format", o->format, "One format for every weight and input, as in int8");
  command->add_option("--config", o->config, "Formats of every tensor, with input = \"int8\" where a scale is wanted");
  command->add_option("--output-format", o->outputFormat, "Format behind each linear's sum (with --format)");
  command->callback([o] {
    const FormatConfig config = configOf(*o);
    Model model = Model::open(o->model);
    const std::vector<Slot> slots = model.slots();
    const FormatAssignment wanted = resolve(config, slots);
    const TaskData data = model.task(o->task.name(), o->task.data, o->task.context);
    Plan plan = model.plan(data.longest);
    std::vector<std::span<const int32_t>> windows;
    size_t tokens = 0;
    for (const WindowView &example : data.examples) {
      windows.push_back(example.inputs);
      tokens += example.inputs.size();
    }
    const LinearRanges ranges = recordRanges(plan, windows);
    writeFile(o->output, writeFormatConfig(calibrated(wanted, ranges), slots,
                                           calibratedOutputs(linearOutputs(config, slots), ranges)));
    fmt::print("{} linears calibrated on {} tokens: {}\n", slots.size() / 2, tokens, o->output);
  });
}

} // namespace mase::cli
