// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A user's own task: a TOML file says how the fields of a record become a question.
///
///     query = "{sentence}\nQuestion: Is this sentence positive or negative?\nAnswer:"
///     choices = ["negative", "positive"]     # templates, too; or choices_from = "options", a field that is a list
///     gold = "label"                         # the field that says which one is right
///     labels = ["0", "1"]                    # what it holds for each choice; else its number, from 0, or its text
///     joiner = " "                           # between query and choice (a space unless given)
///
/// or `continuation = "{answer}"` in place of choices and gold. `{field}` is the record's text, number or truth value;
/// `{{` and `}}` are braces. docs/tasks.md has an example of each.
/// Errors  InputError, as FILE:LINE:COLUMN, when the file is read: not TOML, a missing or unknown key, a brace without
///         its other; with the record's place, when records are: a field that is missing or no text, a gold that is
///         none of the choices.
#pragma once

#include "mase/frontend/tasks/question_shape.h"

#include <filesystem>

namespace mase {

std::unique_ptr<QuestionShape> readTaskFile(const std::filesystem::path &file);

/// SST-2 as a question to a language model, the prompt and the answers of the LM evaluation harness: records with
/// `sentence` or `text` and a `label` of 0 (negative) or 1 (positive), as in GLUE's .tsv.
std::unique_ptr<QuestionShape> sst2Prompt();

} // namespace mase
