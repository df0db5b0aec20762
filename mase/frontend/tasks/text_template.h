// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A text with places for the fields of a record: "Question: {question}\nAnswer:". Braces are doubled where they stand
/// for themselves.
///
/// Immutable, thread-safe.
#pragma once

#include "mase/frontend/json.h"

#include <vector>

namespace mase {

class TextTemplate {
public:
  /// Errors  InputError, beginning with `place`: a brace without its other, a place without a name.
  TextTemplate(std::string_view place, std::string_view text);
  /// Errors  InputError with the record's place: it has no such field, or one that is a list, an object or null.
  std::string fill(const JsonObject &record) const;

private:
  struct Piece {
    std::string text, field; // text, then the field's, if it has a name
  };
  std::vector<Piece> pieces_;
};

/// A text, number or truth value as text. Errors  InputError as TextTemplate::fill.
std::string fieldText(const JsonObject &record, const std::string &field);

} // namespace mase
