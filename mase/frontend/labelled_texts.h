// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The data of a classification task: texts, each with the number of its class.
///
/// Read is GLUE's SST-2 as it is published: lines of a text, a tab and a number, below a line with the columns' names
/// ("sentence" or "text", and "label"). A text is encoded alone, without the spaces at its ends, with the special
/// tokens that the tokenizer adds; nothing is cut.
#pragma once

#include "mase/frontend/tokenizer.h"

namespace mase {

struct LabelledTexts {
  std::vector<std::vector<int32_t>> ids; // of each text; none empty
  std::vector<int32_t> labels;           // its class, in [0, classes)
  int64_t longest = 0;                   // tokens

  int64_t count() const { return static_cast<int64_t>(ids.size()); }
};

/// Errors  InputError with file and line: another heading, a line without a class of the model, a text that is empty,
/// not
///         UTF-8 or of more than `maxPositions` tokens, a file without texts.
LabelledTexts readLabelledTexts(const Tokenizer &tokenizer, const std::filesystem::path &file, int64_t classes,
                                int64_t maxPositions);

} // namespace mase
