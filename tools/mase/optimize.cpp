// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/passes/edited_model.h"
#include "mase/passes/pass.h"
#include "mase/passes/trial.h"
#include "mase/report/eval_json.h"
#include "mase/support/error.h"
#include "mase/support/progress.h"
#include "tools/mase/effort.h"
#include "tools/mase/level.h"
#include "tools/mase/task_options.h"

#include <fmt/format.h>

namespace mase::cli {
namespace {

struct Options {
  std::string model, output, effort;
  TaskOptions task;
  std::vector<std::string> passes;
  LevelOptions level{"emulated", {}, {}};
  StudyOptions study;
  bool keepAll = false, json = false;
};

/// What passes, or an effort, made of the weights.
struct Outcome {
  FormatAssignment assignment; ///< of the result
  FormatAssignment plain;      ///< of the model without passes, for comparison
  std::string passes;          ///< of an effort
  PassTrials trials;           ///< of passes that were named
};

/// The data and its parts.
struct Parts {
  TaskData data;
  std::span<const WindowView> seen, rest;
};

Parts partsOf(const Options &o, const Model &model) {
  Parts parts{model.task(o.task.name(), o.task.data, o.task.context), {}, {}};
  const std::span<const WindowView> all = parts.data.examples;
  const size_t third = all.size() / 3;
  if (third == 0)
    fail("{}: {} {} are too few to optimise on a third of them (at least 3)", o.task.data, all.size(),
         o.task.lm() ? "windows" : "texts");
  parts.seen = all.first(third), parts.rest = all.subspan(third);
  return parts;
}

Outcome optimize(const Options &o, Model &model, const Parts &parts, EditedModel &edited) {
  if (o.effort.empty()) {
    std::vector<Pass> passes;
    for (const std::string &text : o.passes)
      passes.push_back(parsePass(text));
    const FormatAssignment assignment = resolveLevel(o.level, model);
    return {assignment, assignment, {}, runPasses(edited.weights(), passes, parts.seen, assignment, !o.keepAll)};
  }
  const Effort effort = runEffort(o.effort, o.study, edited.weights(), parts.seen, model.name(), o.task.data,
                                  fmt::format("{} of {}", parts.seen.size(), parts.data.longest));
  return {effort.assignment, effort.recipe.formats.assignment(model.slots()), passesOf(effort.recipe), {}};
}

void refuseMixtures(const Options &o) {
  const bool formats = !o.level.format.empty() || !o.level.config.empty();
  if (o.effort.empty() && o.passes.empty())
    fail("--pass or --effort says what is done (one of them)");
  if (o.effort == "low")
    fail("--effort low changes no weights (mase search searches formats alone)");
  if (!o.effort.empty() && (formats || !o.passes.empty() || o.keepAll))
    fail("--effort chooses passes and formats itself (leave out --pass, --keep-all, --format and --config)");
}

void run(const Options &o) {
  refuseMixtures(o);
  Model model = Model::open(o.model);
  const Parts parts = partsOf(o, model);
  const auto lossOf = [&](Plan plan, const FormatAssignment &formats) { return evaluate(plan, formats, parts.rest); };
  const double start = secondsNow();
  EditedModel edited(model, parts.data.longest);
  const Outcome outcome = optimize(o, model, parts, edited);
  const double seconds = secondsNow() - start;
  const FormatAssignment &assignment = outcome.assignment;
  const LossResult floats = lossOf(model.plan(parts.data.longest), FormatAssignment(assignment.size(), &fp32()));
  const LossResult before = lossOf(model.plan(parts.data.longest), outcome.plain);
  const LossResult after = lossOf(edited.weights().plan(), assignment);
  if (!o.output.empty())
    edited.write(o.output, assignment);
  const double left = before.loss == floats.loss ? 0 : (after.loss - floats.loss) / (before.loss - floats.loss);
  const AverageBits bits = averageBits(model.slots(), assignment);
  const PassTrials &trials = outcome.trials;
  if (o.json) {
    Json tried = Json::array();
    for (const PassTrial &trial : trials.trials)
      tried.push_back({{"pass", trial.pass}, {"search_loss", trial.loss}, {"kept", trial.kept}});
    return print({{"passes", o.effort.empty() ? tried : Json(outcome.passes)},
                  {"search_loss", o.effort.empty() ? Json(trials.loss) : Json(nullptr)},
                  {"float_loss", floats.loss},
                  {"plain_loss", before.loss},
                  {"loss", after.loss},
                  {"share_left", left},
                  {"float_accuracy", floats.accuracy},
                  {"plain_accuracy", before.accuracy},
                  {"accuracy", after.accuracy},
                  {"average_bits", toJson(bits)},
                  {"seconds", seconds}});
  }
  if (o.effort.empty())
    fmt::print("on the third of the text that passes see: loss {:.4f} as it is\n", trials.first);
  else
    fmt::print("passes: {}\n", outcome.passes);
  for (const PassTrial &trial : trials.trials)
    fmt::print("  {:<32} {:.4f}{}\n", trial.pass, trial.loss, trial.kept ? "" : ", not kept");
  fmt::print("on the rest: loss {:.4f}; without passes {:.4f}, float {:.4f}: {:.1f} % of what {:.3f} bits add is left, "
             "{:.1f} s\n",
             after.loss, before.loss, floats.loss, 100 * left, bits.all, seconds);
  if (!o.task.lm())
    fmt::print("accuracy {:.4f}; without passes {:.4f}, float {:.4f}\n", after.accuracy, before.accuracy,
               floats.accuracy);
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
  command->add_option("--pass", o->passes, help + " docs/passes.md has their options")->allow_extra_args(false);
  command->add_flag("--keep-all", o->keepAll, "Keep passes that do not lower the loss on the text that they see, too");
  command->add_option("-o,--output", o->output,
                      "A folder for the model, a Hugging Face directory, with the formats as formats.toml");
  addFormats(*command, o->level);
  addEffort(*command, o->effort);
  addStudyOptions(*command, o->study);
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] { run(*o); });
}

} // namespace mase::cli
