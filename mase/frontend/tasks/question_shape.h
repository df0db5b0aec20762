// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How the records of a data set become questions: one small class for each shape of records.
///
/// The shapes of llm-foundry's JSONL files are recognised by their keys; a user's own comes from a TOML file
/// (template_task.h). Other keys of a record are nobody's business here: data sets carry ids and categories.
/// Immutable, thread-safe.
#pragma once

#include "mase/frontend/json.h"
#include "mase/frontend/tasks/question.h"

#include <memory>
#include <span>

namespace mase {

class QuestionShape {
public:
  virtual ~QuestionShape() = default;
  /// The keys that a record of this shape has, for errors: "query, choices, gold".
  virtual std::string keys() const = 0;
  /// Whether a record with these members is of this shape.
  virtual bool recognises(const JsonObject &record) const = 0;
  /// What stands between question and answer unless the user says otherwise.
  virtual std::string joiner() const { return " "; }
  /// `joiner` stands between what is asked and the answer. record.file() is the record's place.
  /// Errors  InputError with the record's place: a member is missing or of another type, a text is empty.
  virtual Question read(const JsonObject &record, std::string_view joiner) const = 0;
};

/// The shapes that are recognised, one file each.
std::span<const QuestionShape *const> questionShapes();
const QuestionShape &multipleChoiceShape(); // query, choices, gold
const QuestionShape &continuationShape();   // context, continuation
const QuestionShape &schemaShape();         // context_options, continuation, gold

/// The shape of a record. Errors  InputError: it is of none.
const QuestionShape &shapeOf(const JsonObject &record);

/// The texts of an array member, at least `least`. Errors  InputError.
std::vector<std::string> textsOf(const JsonObject &record, const char *key, size_t least);

/// A choice of a question: white space at the end of the context becomes the continuation's, as tokens begin with it.
/// Errors  InputError: the continuation has nothing but white space.
Question::Choice joined(std::string_view context, std::string_view joiner, std::string_view continuation,
                        std::string_view place);

} // namespace mase
