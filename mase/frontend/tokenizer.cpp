// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer.h"

#include "mase/frontend/added_tokens.h"
#include "mase/frontend/decoders/decoder.h"
#include "mase/frontend/post_processor.h"
#include "mase/frontend/subwords/subwords.h"
#include "mase/frontend/tokenizer_files/tokenizer_files.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace mase {
namespace {

constexpr int32_t anyId = std::numeric_limits<int32_t>::max() - 1;

/// What steers training or batches, or would change the ids, must be absent or as it is read.
void checkTopLevel(const JsonObject &tokenizer) {
  for (auto &[key, value] : tokenizer.value().items())
    if (key != "version" && key != "truncation" && key != "padding" && key != "added_tokens" && key != "normalizer" &&
        key != "pre_tokenizer" && key != "post_processor" && key != "decoder" && key != "model")
      fail("{}: {} is not a known part of a tokenizer", tokenizer.file(), inQuotes(key));
  if (tokenizer.text("version") != "1.0")
    fail("{}: version {} is not read (read: 1.0)", tokenizer.file(), inQuotes(tokenizer.text("version")));
  for (const char *key : {"truncation", "padding"})
    if (tokenizer.find(key))
      fail("{}: {} is set, which would change the ids (null)", tokenizer.file(), key);
}

} // namespace

struct Tokenizer::Tables {
  std::string file;
  AddedTokens added; // and the normalizer
  PreTokenizers preTokenizers;
  std::unique_ptr<const Subwords> subwords;
  PostProcessor postProcessor;
  Decoders decoders;
  std::vector<std::string> spellings; // by id; empty: no such token
  std::vector<std::string> bytes;     // that it stands for
  std::vector<bool> special;
  std::unordered_map<std::string, int32_t> ids;

  explicit Tables(const JsonObject &json)
      : file(json.file()), added(json, anyId), preTokenizers(json), subwords(readSubwords(json)),
        postProcessor(json, anyId), decoders(json), ids(subwords->vocabulary()) {
    size_t mostIds = 2 * (ids.size() + added.tokens().size()) + 1001; // vocabulary.cpp has the reason
    for (auto &[spelling, id] : subwords->vocabulary())
      put(id, spelling);
    for (const AddedToken &token : added.tokens()) {
      if (static_cast<size_t>(token.id) >= mostIds)
        fail("{}: added token {} has the id {}, out of range (0 to {})", file, inQuotes(token.content), token.id,
             mostIds - 1);
      addToken(token);
    }
    for (const auto *side : {&postProcessor.prefix, &postProcessor.suffix})
      for (int32_t id : *side)
        if (!has(id))
          fail("{}: the post-processor adds the id {}, which is no token", file, id);
  }

  bool has(int32_t id) const {
    return id >= 0 && static_cast<size_t>(id) < spellings.size() && !spellings[static_cast<size_t>(id)].empty();
  }
  void put(int32_t id, const std::string &spelling) {
    auto index = static_cast<size_t>(id);
    if (index >= spellings.size()) {
      spellings.resize(index + 1);
      bytes.resize(index + 1);
      special.resize(index + 1);
    }
    spellings[index] = spelling;
    bytes[index] = decoders.bytesOf(spelling);
  }
  /// The spelling of a token. Errors  InputError: there is none.
  const std::string &spellingOf(int32_t id) const {
    if (!has(id))
      fail("{}: {} is the id of no token (0 to {})", file, id, spellings.size() - 1);
    return spellings[static_cast<size_t>(id)];
  }
  void addToken(const AddedToken &token) {
    auto [known, isNew] = ids.emplace(token.content, token.id);
    if (isNew ? has(token.id) : known->second != token.id)
      fail("{}: added token {} has the id {}, but the vocabulary says otherwise", file, inQuotes(token.content),
           token.id);
    put(token.id, token.printed);
    // What the normalizer changed is no special token's text any more: the peer prints it.
    special[static_cast<size_t>(token.id)] = token.special && token.printed == token.content;
  }
};

Tokenizer Tokenizer::fromJson(std::string_view file, const Json &json) {
  JsonObject top(file, json);
  checkTopLevel(top);
  return Tokenizer(std::make_shared<const Tables>(top));
}

Tokenizer Tokenizer::parse(std::string_view file, std::string_view text) {
  return fromJson(file, parseJson(file, text));
}

Tokenizer Tokenizer::read(const std::filesystem::path &path) {
  const TokenizerSource source = readTokenizerSource(path);
  return fromJson(source.file, source.json);
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  if (size_t at = firstInvalidUtf8(text); at != std::string_view::npos)
    fail("the text is not UTF-8 at byte {}", at);
  const Tables &tables = *tables_;
  std::vector<int32_t> ids;
  if (special == SpecialTokens::Keep)
    ids = tables.postProcessor.prefix;
  const Subwords::Encoder encode = tables.subwords->encoder();
  Regex::Scratch scratch;
  tables.added.split(
      text,
      [&](TextPiece run) {
        tables.preTokenizers.forEachWord(run, scratch, [&](std::string_view word) { encode(word, ids); });
      },
      [&](const AddedToken &token) { ids.push_back(token.id); });
  if (special == SpecialTokens::Keep)
    ids.insert(ids.end(), suffix().begin(), suffix().end());
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, SpecialTokens special) const {
  StreamDecoder stream(*this, special);
  std::string text;
  for (int32_t id : ids)
    text += stream.push(id);
  return text + stream.finish();
}

std::string_view Tokenizer::bytesOf(int32_t id) const {
  tables_->spellingOf(id);
  return tables_->bytes[static_cast<size_t>(id)];
}

bool Tokenizer::isSpecial(int32_t id) const { return tables_->has(id) && tables_->special[static_cast<size_t>(id)]; }

std::optional<int32_t> Tokenizer::idOf(std::string_view token) const {
  auto found = tables_->ids.find(std::string(token));
  return found == tables_->ids.end() ? std::nullopt : std::optional(found->second);
}

int32_t Tokenizer::vocabularySize() const { return static_cast<int32_t>(tables_->spellings.size()); }
std::span<const int32_t> Tokenizer::prefix() const { return tables_->postProcessor.prefix; }
std::span<const int32_t> Tokenizer::suffix() const { return tables_->postProcessor.suffix; }

struct StreamDecoder::State {
  Tokenizer tokenizer; // owns what the run goes through
  SpecialTokens special;
  Decoders::Run run;
};

StreamDecoder::StreamDecoder(const Tokenizer &tokenizer, SpecialTokens special)
    : state_(new State{tokenizer, special, Decoders::Run(tokenizer.tables_->decoders)}) {}
StreamDecoder::~StreamDecoder() = default;

std::string StreamDecoder::push(int32_t id) {
  const std::string &token = state_->tokenizer.tables_->spellingOf(id);
  if (state_->special == SpecialTokens::Omit && state_->tokenizer.isSpecial(id))
    return {};
  return state_->run.push(token);
}

std::string StreamDecoder::finish() { return state_->run.finish(); }

} // namespace mase
