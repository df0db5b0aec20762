// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer.h"

#include "mase/frontend/added_tokens.h"
#include "mase/frontend/post_processor.h"
#include "mase/frontend/subwords.h"
#include "mase/frontend/utf8.h"
#include "mase/frontend/vocabulary_text.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"

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
  AddedTokens added;
  std::unique_ptr<const Subwords> subwords;
  PostProcessor postProcessor;
  std::vector<std::string> bytes; // by id; empty: no such token
  std::vector<bool> special;
  std::unordered_map<std::string, int32_t> ids;

  explicit Tables(const JsonObject &json)
      : file(json.file()), added(json, anyId), subwords(readSubwords(json)), postProcessor(json, anyId),
        ids(subwords->vocabulary()) {
    size_t mostIds = 2 * (ids.size() + added.tokens().size()) + 1001; // bpe.cpp has the reason
    for (auto &[spelling, id] : subwords->vocabulary())
      put(id, subwords->bytesOf(spelling));
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
    return id >= 0 && static_cast<size_t>(id) < bytes.size() && !bytes[static_cast<size_t>(id)].empty();
  }
  void put(int32_t id, std::string text) {
    auto index = static_cast<size_t>(id);
    if (index >= bytes.size()) {
      bytes.resize(index + 1);
      special.resize(index + 1);
    }
    bytes[index] = std::move(text);
  }
  void addToken(const AddedToken &token) {
    auto [known, isNew] = ids.emplace(token.content, token.id);
    if (isNew ? has(token.id) : known->second != token.id)
      fail("{}: added token {} has the id {}, but the vocabulary says otherwise", file, inQuotes(token.content),
           token.id);
    put(token.id, subwords->bytesOf(token.content));
    special[static_cast<size_t>(token.id)] = token.special;
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
  std::error_code cannotTell; // then opening it says why
  if (std::filesystem::exists(path / "vocab.txt", cannotTell) &&
      !std::filesystem::exists(path / "tokenizer.json", cannotTell))
    return fromJson((path / "vocab.txt").string(), tokenizerOfVocabulary(path));
  std::filesystem::path file = std::filesystem::is_directory(path, cannotTell) ? path / "tokenizer.json" : path;
  return parse(file.string(), readTextFile(file));
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  if (size_t at = firstInvalidUtf8(text); at != std::string_view::npos)
    fail("the text is not UTF-8 at byte {}", at);
  const Tables &tables = *tables_;
  std::vector<int32_t> ids;
  if (special == SpecialTokens::Keep)
    ids = tables.postProcessor.prefix;
  const Subwords::Encoder encode = tables.subwords->encoder();
  tables.added.split(
      text, [&](std::string_view run) { encode(run, ids); }, [&](const AddedToken &token) { ids.push_back(token.id); });
  if (special == SpecialTokens::Keep)
    ids.insert(ids.end(), suffix().begin(), suffix().end());
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, SpecialTokens special) const {
  std::string bytes;
  bool isFirst = true;
  for (int32_t id : ids)
    if (std::string_view token = bytesOf(id); special == SpecialTokens::Keep || !isSpecial(id)) {
      bytes += tables_->subwords->joined(token, isFirst);
      isFirst = false;
    }
  return mendUtf8(bytes);
}

std::string_view Tokenizer::bytesOf(int32_t id) const {
  if (!tables_->has(id))
    fail("{}: {} is the id of no token (0 to {})", tables_->file, id, vocabularySize() - 1);
  return tables_->bytes[static_cast<size_t>(id)];
}

bool Tokenizer::isSpecial(int32_t id) const { return tables_->has(id) && tables_->special[static_cast<size_t>(id)]; }

std::optional<int32_t> Tokenizer::idOf(std::string_view token) const {
  auto found = tables_->ids.find(std::string(token));
  return found == tables_->ids.end() ? std::nullopt : std::optional(found->second);
}

int32_t Tokenizer::vocabularySize() const { return static_cast<int32_t>(tables_->bytes.size()); }
std::span<const int32_t> Tokenizer::prefix() const { return tables_->postProcessor.prefix; }
std::span<const int32_t> Tokenizer::suffix() const { return tables_->postProcessor.suffix; }

std::string StreamDecoder::push(int32_t id) {
  std::string_view bytes = tokenizer_.bytesOf(id);
  if (special_ == SpecialTokens::Omit && tokenizer_.isSpecial(id))
    return {};
  pending_ += tokenizer_.tables_->subwords->joined(bytes, isFirst_);
  isFirst_ = false;
  // Only a character that the end of the bytes cuts off may still become whole: what stands before it is final.
  size_t complete = 0;
  for (size_t i = 0; i < pending_.size();) {
    Utf8Step step = utf8Step(std::string_view(pending_).substr(i));
    if (step.incomplete)
      break;
    complete = i += step.bytes;
  }
  std::string text = mendUtf8(std::string_view(pending_).substr(0, complete));
  pending_.erase(0, complete);
  return text;
}

std::string StreamDecoder::finish() {
  std::string text = mendUtf8(pending_);
  pending_.clear();
  return text;
}

} // namespace mase
