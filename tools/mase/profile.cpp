// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/commands.h"

#include "mase/frontend/model.h"
#include "mase/report/profile_report.h"
#include "mase/support/output.h"
#include "mase/support/progress.h"
#include "tools/mase/task_options.h"

#include <fmt/format.h>

namespace mase::cli {

void addProfile(CLI::App &app) {
  CLI::App *command = addCommand(
      app, "profile", "Range, variance, kurtosis and outliers of every weight and activation, layer by layer",
      {"mase profile models/llama-stories-1m --data models/llama-stories-1m/eval.txt -o out/profile",
       "mase profile models/llama-stories-1m --data models/llama-stories-1m/questions.jsonl --limit 4 --json"});
  struct Options {
    std::string model, output;
    TaskOptions task;
    int64_t limit = 16;
    bool json = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Any model")->required();
  addTask(*command, o->task);
  command->add_option("--limit", o->limit, "Windows, texts or questions that are read")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("-o,--output", o->output, "A folder for profile.json, activations.svg and weights.svg");
  command->add_flag("--json", o->json, "One JSON object");
  command->callback([o] {
    Model model = Model::open(o->model);
    const TaskData data = model.task(o->task.name(), o->task.data, o->task.context, o->limit);
    std::vector<std::span<const int32_t>> texts;
    int64_t tokens = 0;
    for (const WindowView &example : data.examples) {
      texts.push_back(example.inputs);
      tokens += std::ssize(example.inputs);
    }
    Plan plan = model.plan(data.longest);
    ProgressBar bar("profile", 2 * std::ssize(texts));
    const std::vector<TensorProfile> tensors = profileTensors(plan, texts, [&](int64_t done) { bar.update(done); });
    const Json json = profileJson(model.name(), tokens, tensors);
    if (!o->output.empty()) {
      const std::filesystem::path folder = o->output;
      writeFile(folder / "profile.json", json.dump(1) + "\n");
      for (const bool weights : {false, true})
        writeFile(folder / (weights ? "weights.svg" : "activations.svg"),
                  toSvg(variancePlot(model.name(), weights, tensors)));
    }
    if (o->json)
      return print(json);
    fmt::print("{}", profileText(tensors));
    fmt::print("{} tensors, {} tokens of text\n", tensors.size(), tokens);
    if (!o->output.empty())
      fmt::print("profile.json, activations.svg and weights.svg written to {}\n", o->output);
  });
}

} // namespace mase::cli
