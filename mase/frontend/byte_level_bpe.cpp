// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/byte_level_bpe.h"

#include "mase/frontend/byte_level.h"
#include "mase/support/error.h"

namespace mase {
namespace {

/// Before anything else is read: what cannot be is the first thing said.
const JsonObject &checked(const JsonObject &tokenizer) {
  if (tokenizer.find("normalizer"))
    fail("{}: normalizer {} is not read (read: null)", tokenizer.file(),
         inQuotes(tokenizer.object("normalizer").text("type")));
  if (std::string decoder = tokenizer.object("decoder").text("type"); decoder != "ByteLevel")
    fail("{}: decoder {} is not read (read: ByteLevel)", tokenizer.file(), inQuotes(decoder));
  return tokenizer;
}

} // namespace

ByteLevelBpe::ByteLevelBpe(const JsonObject &tokenizer) : preTokenizer_(checked(tokenizer)), bpe_(tokenizer) {}

Subwords::Encoder ByteLevelBpe::encoder() const {
  struct Memory {
    Regex::Scratch scratch;
    Bpe::Cache cache;
  };
  return [this, memory = std::make_shared<Memory>()](std::string_view run, std::vector<int32_t> &ids) {
    preTokenizer_.forEachWord(run, memory->scratch,
                              [&](std::string_view word) { bpe_.encode(word, memory->cache, ids); });
  };
}

std::string ByteLevelBpe::bytesOf(const std::string &spelling) const { return byteLevelBytes(spelling); }

} // namespace mase
