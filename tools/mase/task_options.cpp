// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/mase/task_options.h"

#include <filesystem>

namespace mase::cli {

std::string TaskOptions::name() const {
  if (!task.empty())
    return task;
  return std::filesystem::path(data).extension() == ".jsonl" ? "questions" : "lm";
}

std::string TaskOptions::title() const {
  const std::string of = name();
  if (of == "questions")
    return std::filesystem::path(data).stem().string();
  return of.ends_with(".toml") ? std::filesystem::path(of).stem().string() : of;
}

void addTask(CLI::App &command, TaskOptions &options, const std::string &what) {
  command.add_option("--data", options.data, "A text file, GLUE's .tsv or questions in .jsonl" + what)->required();
  command
      .add_option("--task", options.task,
                  "lm: next-token loss over consecutive windows; sst2: sentences with classes; questions: multiple "
                  "choice and other shapes, by their keys; FILE.toml: your own (default: by the ending of --data)")
      ->check([](const std::string &name) {
        return name == "lm" || name == "sst2" || name == "questions" || name.ends_with(".toml")
                   ? std::string()
                   : name + " is no task (lm, sst2, questions, or a task file that ends in .toml)";
      });
  command
      .add_option("--context", options.context,
                  "lm: tokens a window (default: the model's maximum, at most 512); questions: tokens a text (default: "
                  "the model's maximum)")
      ->check(CLI::Range(1, 1 << 20));
}

} // namespace mase::cli
