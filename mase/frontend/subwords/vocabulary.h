// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the models of subwords share: tokens with their ids, and the tokens that stand for single bytes.
///
/// Ids may have holes, but not many: tables by id follow. Errors  InputError, with file and token.
#pragma once

#include "mase/frontend/json.h"

#include <array>
#include <unordered_map>

namespace mase {

using Vocabulary = std::unordered_map<std::string, int32_t>;

/// The object `vocab` of a model. Errors  InputError: ids out of range or given twice, an empty token.
Vocabulary readVocabulary(const JsonObject &model);

/// The id of the token that the member `key` names, or -1 where it names none.
/// Errors  InputError: it is none of the vocabulary.
int32_t readUnknownToken(const JsonObject &model, const char *key, const Vocabulary &vocabulary);

/// Tokens for bytes, spelt "<0x0A>"; -1 where there is none.
class ByteTokens {
public:
  explicit ByteTokens(const Vocabulary &vocabulary);
  /// Appends the ids of all bytes, or none and false.
  template <typename Append>
  bool append(std::string_view bytes, const Append &append) const {
    for (char byte : bytes)
      if (ids_[static_cast<uint8_t>(byte)] < 0)
        return false;
    for (char byte : bytes)
      append(ids_[static_cast<uint8_t>(byte)]);
    return true;
  }

private:
  std::array<int32_t, 256> ids_;
};

} // namespace mase
