// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A question of a task, as text: what stands first, how it may go on, and which of these is right.
///
/// All tasks that a language model answers without a head of its own come down to this (docs/tasks.md). A question
/// with one choice asks whether the model foresees it word for word, with more which one it finds likeliest.
#pragma once

#include <string>
#include <vector>

namespace mase {

struct Question {
  struct Choice {
    std::string context, continuation; // joined without anything between them
    size_t answerBytes = 0;            // of the continuation, without the white space that joins it to the context
  };
  std::vector<Choice> choices; // at least one
  size_t gold = 0;             // the right one
  std::string place;           // "FILE:LINE", for errors
};

} // namespace mase
