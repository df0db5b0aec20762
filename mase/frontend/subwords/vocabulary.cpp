// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/vocabulary.h"

#include "mase/support/error.h"

#include <vector>

namespace mase {

Vocabulary readVocabulary(const JsonObject &model) {
  const JsonObject list = model.object("vocab");
  const size_t count = list.value().size();
  // Tables by id follow: a few holes do no harm, an id of a billion would.
  const int64_t mostId = 2 * static_cast<int64_t>(count) + 1000;
  std::vector<bool> taken(static_cast<size_t>(mostId) + 1);
  Vocabulary vocabulary;
  vocabulary.reserve(count);
  for (auto &[spelling, value] : list.value().items()) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(mostId))
      fail("{}: token {} has the id {}, out of range (0 to {})", model.file(), inQuotes(spelling),
           inQuotes(value.dump()), mostId);
    const auto id = value.get<int32_t>();
    if (spelling.empty())
      fail("{}: the token {} is spelt with no character", model.file(), id);
    if (taken[static_cast<size_t>(id)])
      fail("{}: token {} has the id {} of another token", model.file(), inQuotes(spelling), id);
    taken[static_cast<size_t>(id)] = true;
    vocabulary.emplace(spelling, id);
  }
  return vocabulary;
}

int32_t readUnknownToken(const JsonObject &model, const char *key, const Vocabulary &vocabulary) {
  if (!model.find(key))
    return -1;
  const auto token = vocabulary.find(model.text(key));
  if (token == vocabulary.end())
    fail("{}: {} {} is no token of the vocabulary", model.file(), model.nameOf(key), inQuotes(model.text(key)));
  return token->second;
}

ByteTokens::ByteTokens(const Vocabulary &vocabulary) {
  for (size_t byte = 0; byte < ids_.size(); ++byte) {
    const auto token = vocabulary.find(fmt::format("<0x{:02X}>", byte));
    ids_[byte] = token == vocabulary.end() ? -1 : token->second;
  }
}

} // namespace mase
