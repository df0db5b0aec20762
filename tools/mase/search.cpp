// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/report/eval_json.h"
#include "mase/runtime/edge_config.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/progress.h"
#include "tools/mase/study.h"
#include "tools/mase/task_options.h"

#include <fmt/format.h>

namespace mase::cli {

void addSearch(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "search", "Finds a format for every weight and input of the linears",
      {"mase search models/llama-stories-1m --data models/llama-stories-1m/eval.txt --trials 20 -o out/formats.toml",
       "mase search models/llama-stories-1m --data models/llama-stories-1m/eval.txt --trials 20 --sampler tpe --study "
       "out/study.db"});
  struct Options {
    std::string model, output;
    TaskOptions task;
    StudyOptions study;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Hugging Face directory or .mlir file")->required();
  addTask(*command, o->task, "; the search sees its first third");
  command->add_option("-o,--output", o->output, "Where to write the winner, as a formats.toml");
  command->add_flag("--json", o->json, "One JSON object");
  addStudyOptions(*command, o->study);
  command->callback([o] {
    Model model = Model::open(o->model);
    const TaskData data = model.task(o->task.name(), o->task.data, o->task.context);
    const std::span<const WindowView> all = data.examples;
    const bool lm = o->task.lm();
    const size_t third = all.size() / 3;
    if (third == 0)
      fail("{}: {} {} are too few to search on a third of them (at least 3: a longer {})", o->task.data, all.size(),
           lm ? "windows" : "texts", lm ? "text or a shorter context" : "file");
    Plan plan = model.plan(data.longest);
    const double start = secondsNow();
    const Study study = runStudy(o->study, plan, all.first(third), model.name(), o->task.data,
                                 fmt::format("{} of {}", third, lm ? std::to_string(data.longest) : o->task.title()));
    const double searched = secondsNow() - start;
    const std::span<const WindowView> rest = all.subspan(third);
    const Choice &winner = study.result.best.choice;
    const LossResult best = study.evaluate(winner, rest, nullptr);
    const LossResult first = study.evaluate(study.result.trials.front().choice, rest, nullptr);
    const AverageBits bits = averageBits(study.slots, study.space.assignment(winner));
    if (!o->output.empty())
      writeFile(o->output, study.edges ? writeEdgeConfig(plan.graph(), plan.slots(), study.best, *study.edges)
                                       : writeFormatConfig(study.best, plan.slots()));
    if (o->json) {
      Json front = Json::array();
      for (int number : study.result.paretoFront) {
        const Trial &trial = study.result.trials[static_cast<size_t>(number)];
        front.push_back(
            {{"trial", number}, {"average_bits", trial.averageBits}, {"search_loss", trial.evaluation.loss}});
      }
      return print({{"sampler", o->study.sampler},
                    {"trials", study.result.trials.size()},
                    {"best_trial", study.result.best.number},
                    {"search_loss", study.result.best.evaluation.loss},
                    {"loss", best.loss},
                    {"uniform_loss", first.loss},
                    {"accuracy", best.accuracy},
                    {"uniform_accuracy", first.accuracy},
                    {"average_bits", toJson(bits)},
                    {"front", front},
                    {"seconds", searched}});
    }
    fmt::print("best of {} trials ({}): number {}, {:.3f} bits on average, {:.1f} s\n", study.result.trials.size(),
               o->study.sampler, study.result.best.number, bits.all, searched);
    fmt::print("on text that the search did not see: loss {:.4f}; trial 0, uniform: {:.4f}\n", best.loss, first.loss);
    if (!lm)
      fmt::print("accuracy {:.4f}; trial 0, uniform: {:.4f}\n", best.accuracy, first.accuracy);
  });
}

} // namespace mase::cli
