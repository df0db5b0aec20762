// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Options that say on which data, and how, a model is evaluated (docs/tasks.md).
///
/// Without --task, a file that ends in .jsonl is questions, any other a text.
#pragma once

#include <CLI/CLI.hpp>

namespace mase::cli {

struct TaskOptions {
  std::string data, task; // task: "lm", "sst2", "questions" or a task file
  int64_t context = 0;

  /// The task: what --task says, or what the data's name does.
  std::string name() const;
  /// Its name for reports: of questions the data's, of a task file the file's, without folder and ending.
  std::string title() const;
  bool lm() const { return name() == "lm"; }
};

/// Adds --data, --task and --context. `what` follows "A text file, GLUE's .tsv or questions in .jsonl".
void addTask(CLI::App &command, TaskOptions &options, const std::string &what = "");

} // namespace mase::cli
