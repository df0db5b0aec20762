// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/passes/edited_model.h"
#include "mase/passes/pass.h"
#include "mase/passes/trial.h"
#include "mase/report/eval_json.h"
#include "mase/support/error.h"
#include "mase/support/progress.h"
#include "tools/mase/level.h"
#include "tools/mase/task_options.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Options {
  std::string model, output;
  TaskOptions task;
  std::vector<std::string> passes;
  LevelOptions level{"emulated", {}, {}};
  bool keepAll = false, json = false;
};

void run(const Options &o) {
  std::vector<Pass> passes;
  for (const std::string &text : o.passes)
    passes.push_back(parsePass(text));
  Model model = Model::open(o.model);
  const FormatAssignment assignment = resolveLevel(o.level, model);
  const TaskData data = model.task(o.task.name(), o.task.data, o.task.context);
  const std::span<const WindowView> all = data.examples;
  const size_t third = all.size() / 3;
  if (third == 0)
    fail("{}: {} {} are too few to optimise on a third of them (at least 3)", o.task.data, all.size(),
         o.task.lm() ? "windows" : "texts");
  const std::span<const WindowView> rest = all.subspan(third);
  const auto lossOf = [&](Plan plan, const FormatAssignment &formats) { return evaluate(plan, formats, rest).loss; };
  const double floats = lossOf(model.plan(data.longest), FormatAssignment(assignment.size(), &fp32()));
  const double before = lossOf(model.plan(data.longest), assignment);
  const double start = secondsNow();
  EditedModel edited(model, data.longest);
  const PassTrials trials = runPasses(edited.weights(), passes, all.first(third), assignment, !o.keepAll);
  const double seconds = secondsNow() - start;
  const double after = lossOf(edited.weights().plan(), assignment);
  if (!o.output.empty())
    edited.write(o.output, assignment);
  const double left = before == floats ? 0 : (after - floats) / (before - floats);
  const AverageBits bits = averageBits(model.slots(), assignment);
  if (o.json) {
    Json tried = Json::array();
    for (const PassTrial &trial : trials.trials)
      tried.push_back({{"pass", trial.pass}, {"search_loss", trial.loss}, {"kept", trial.kept}});
    return print({{"passes", tried},
                  {"search_loss", trials.loss},
                  {"float_loss", floats},
                  {"plain_loss", before},
                  {"loss", after},
                  {"share_left", left},
                  {"average_bits", toJson(bits)},
                  {"seconds", seconds}});
  }
  fmt::print("on the third of the text that passes see: loss {:.4f} as it is\n", trials.first);
  for (const PassTrial &trial : trials.trials)
    fmt::print("  {:<32} {:.4f}{}\n", trial.pass, trial.loss, trial.kept ? "" : ", not kept");
  fmt::print("on the rest: loss {:.4f}; without passes {:.4f}, float {:.4f}: {:.1f} % of what {:.3f} bits add is left, "
             "{:.1f} s\n",
             after, before, floats, 100 * left, bits.all, seconds);
}

} // namespace

void addOptimize(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "optimize", "Changes a model's weights so that quantising them costs less: passes after training",
      {"mase optimize models/llama-stories-1m --data models/llama-stories-1m/eval.txt --format mxint4 --pass gptq -o "
       "out/llama-gptq",
       "mase optimize models/opt-stories-1m --data models/opt-stories-1m/eval.txt --format mxint4 --pass scales "
       "--json"});
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory, packed or not, or .mlir file")->required();
  addTask(*command, o->task, "; passes see its first third");
  std::string help = "NAME[:OPTION=VALUE,...], once for each pass, in the order in which they run:";
  for (const PassKind &kind : passKinds())
    help += fmt::format(" {}, {};", kind.name, kind.summary);
  command->add_option("--pass", o->passes, help + " docs/passes.md has their options")
      ->required()
      ->allow_extra_args(false);
  command->add_flag("--keep-all", o->keepAll, "Keep passes that do not lower the loss on the text that they see, too");
  command->add_option("-o,--output", o->output,
                      "A folder for the model, a Hugging Face directory, with the formats as formats.toml");
  addFormats(*command, o->level);
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] { run(*o); });
}

} // namespace mase::cli
