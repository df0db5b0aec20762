// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "tools/mase/hardware_options.h"
#include "tools/mase/level.h"

#include "mase/support/error.h"

#include <algorithm>

#include <fmt/format.h>

namespace mase::cli {

namespace {

/// Texts of which a folder keeps what they make of the model.
constexpr size_t recordedTexts = 8;

/// The texts that the hardware's longest sequence holds.
std::vector<WindowView> fitting(const TaskData &data, int64_t context, const std::string &file) {
  std::vector<WindowView> texts;
  size_t shortest = SIZE_MAX;
  for (const WindowView &text : data.examples) {
    shortest = std::min(shortest, text.inputs.size());
    if (std::ssize(text.inputs) <= context)
      texts.push_back(text);
  }
  if (texts.empty())
    fail("--context {}: no text of '{}' is as short (the shortest has {} tokens)", context, file, shortest);
  return texts;
}

} // namespace

void addEmit(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "emit", "Writes the SystemVerilog of every linear, with weights, test bench and synthesis scripts",
      {"mase emit models/llama-stories-1m --format mxint4 --device u250 --tile-limit 64 --data "
       "models/llama-stories-1m/eval.txt --rows 8 -o out/rtl",
       "mase emit models/bert-tiny --format mxint8 --device kv260 --task sst2 --data models/bert-tiny/eval.tsv -o "
       "out/bert"});
  struct Options {
    std::string model, data, output, task = "lm";
    int64_t rows = 64, context = 0;
    bool counters = true;
    LevelOptions level{"emulated", {}, {}};
    HardwareOptions hardware;
    ExternalOptions external;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  command
      ->add_option("--data", o->data,
                   "A text; what it gives at each linear becomes the test vectors; for sst2 GLUE's .tsv")
      ->required();
  command->add_option("--task", o->task, "lm: a text; sst2: texts with classes, of which eight are recorded whole")
      ->check(CLI::IsMember({"lm", "sst2"}));
  command
      ->add_option("--context", o->context,
                   "Tokens of the longest sequence (default: the model's maximum, at most 512; for sst2 the longest "
                   "text's)")
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("-o,--output", o->output, "The folder to write")->required();
  command->add_option("--rows", o->rows, "Test vectors of each linear")
      ->check(CLI::Range(1, 512))
      ->capture_default_str();
  command->add_flag("--counters,!--no-counters", o->counters,
                    "AXI4-Lite registers in the whole model: its state, counters of every channel (default: yes)");
  addFormats(*command, o->level);
  addHardwareOptions(*command, o->hardware);
  addExternalOptions(*command, o->external);
  command->callback([o] {
    Model model = Model::open(o->model);
    const FormatAssignment assignment = resolveLevel(o->level, model);
    const bool classifies = o->task == "sst2";
    if (classifies && model.config().classes == 0)
      fail("{}: is a language model (--task sst2 needs one that classifies texts)", o->model);
    const TaskData data = model.task(o->task, o->data, classifies ? 0 : o->context);
    const int64_t context = classifies && o->context > 0 ? o->context : data.longest;
    const std::vector<WindowView> texts = fitting(data, context, o->data);
    Plan plan = model.plan(context);
    checkExternal(o->external, plan);
    readOutputs(o->hardware, o->level.config, plan);
    const EdgeFormats edges = resolveEdgeFormats(o->level, plan, assignment, texts);
    const ModelMap map = mapModel(o->hardware, plan, assignment, edges);
    const std::span<const WindowView> all = texts;
    const std::string external = emitModel(map, plan, assignment, edges,
                                           classifies ? all.first(std::min(recordedTexts, all.size())) : all.last(1),
                                           o->rows, model.name(), o->output, o->external, o->counters);
    fmt::print("{}{}{} linears{} written to {}\n", describe(map.report), external, map.linears.size(),
               map.whole ? " and the whole model" : "", o->output);
  });
}

} // namespace mase::cli
