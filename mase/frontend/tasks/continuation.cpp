// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tasks/question_shape.h"

namespace mase {
namespace {

/// A text whose end is to be foreseen, as LAMBADA's last word.
class Continuation final : public QuestionShape {
public:
  std::string keys() const override { return "context, continuation"; }
  bool recognises(const JsonObject &record) const override {
    return record.find("context") && record.find("continuation");
  }
  Question read(const JsonObject &record, std::string_view joiner) const override {
    return {{joined(record.text("context"), joiner, record.text("continuation"), record.file())}, 0, {}};
  }
};

} // namespace

const QuestionShape &continuationShape() {
  static const Continuation shape;
  return shape;
}

} // namespace mase
