// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/sentence_pieces.h"

#include "mase/frontend/base64.h"
#include "mase/frontend/protobuf.h"
#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <unordered_map>

namespace mase {
namespace {

using Kind = SentencePieces::Kind;
constexpr std::string_view spaceMark = "\u2581";

/// The bytes of a field, which need not be UTF-8.
std::string_view textOf(const ProtobufMessage &message) {
  const std::span<const std::byte> bytes = message.bytes();
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

SentencePieces::Piece readPiece(ProtobufMessage message) {
  SentencePieces::Piece piece;
  while (const uint32_t field = message.next()) {
    if (field == 1)
      piece.text = textOf(message); // UTF-8 is checked where its id is known
    else if (field == 2)
      piece.score = message.number();
    else if (field == 3)
      piece.kind = static_cast<Kind>(message.integer());
  }
  return piece;
}

void readTrainer(std::string_view file, ProtobufMessage message, SentencePieces &pieces) {
  int64_t model = 1;
  pieces.first = 1;
  pieces.last = 2;
  while (const uint32_t field = message.next()) {
    if (field == 3)
      model = message.integer();
    else if (field == 35)
      pieces.byteFallback = message.flag();
    else if (field == 41)
      pieces.first = static_cast<int32_t>(message.integer());
    else if (field == 42)
      pieces.last = static_cast<int32_t>(message.integer());
    else if (field == 24 && message.flag())
      fail("{}: spaces stand behind their words (treat_whitespace_as_suffix), which is not read (false)", file);
  }
  if (model != 1 && model != 2)
    fail("{}: the model of SentencePiece has the number {} (1: unigram, 2: BPE)", file, model);
  pieces.model = static_cast<SentencePieces::Model>(model);
}

void readNormalizer(std::string_view file, ProtobufMessage message, SentencePieces &pieces) {
  pieces.removesExtraSpaces = true;
  while (const uint32_t field = message.next()) {
    if (field == 2)
      pieces.charsmap = textOf(message);
    else if (field == 3)
      pieces.addsSpace = message.flag();
    else if (field == 4)
      pieces.removesExtraSpaces = message.flag();
    else if (field == 5 && !message.flag())
      fail("{}: spaces are not spelt \"\u2581\" (escape_whitespaces), which is not read (true)", file);
  }
}

bool isPlain(Kind kind) { return kind == Kind::Normal || kind == Kind::UserDefined || kind == Kind::Unused; }

/// All splits of all tokens into two; ahead are those of greater scores, then those with long parts.
Json mergesOf(const SentencePieces &pieces, const std::unordered_map<std::string_view, size_t> &ids) {
  struct Merge {
    double score;
    size_t leftLength, rightLength, left, right;
  };
  std::vector<Merge> merges;
  for (const auto &piece : pieces.pieces) {
    if (!isPlain(piece.kind))
      continue;
    const std::string_view text = piece.text;
    const auto known = [&](std::string_view part) {
      const auto id = ids.find(part);
      return id != ids.end() && isPlain(pieces.pieces[id->second].kind) ? id : ids.end();
    };
    const size_t begin = merges.size(), length = countCodePoints(text);
    size_t at = 0, characters = 0;
    forEachCodePoint(text, [&](uint32_t, std::string_view bytes) {
      at += bytes.size();
      ++characters;
      if (at == text.size())
        return;
      if (const auto left = known(text.substr(0, at)), right = known(text.substr(at));
          left != ids.end() && right != ids.end())
        merges.push_back({piece.score, characters, length - characters, left->second, right->second});
    });
    std::sort(merges.begin() + static_cast<std::ptrdiff_t>(begin), merges.end(),
              [](auto &a, auto &b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
  }
  std::stable_sort(merges.begin(), merges.end(), [](auto &a, auto &b) {
    return std::tuple(a.score, a.leftLength, a.rightLength) > std::tuple(b.score, b.leftLength, b.rightLength);
  });
  Json list = Json::array();
  for (const Merge &merge : merges)
    list.push_back({pieces.pieces[merge.left].text, pieces.pieces[merge.right].text});
  return list;
}

Json replace(Json pattern, std::string_view content) {
  return {{"type", "Replace"}, {"pattern", std::move(pattern)}, {"content", content}};
}

Json normalizerOf(const SentencePieces &pieces) {
  Json steps = Json::array();
  if (!pieces.charsmap.empty())
    steps.push_back({{"type", "Precompiled"}, {"precompiled_charsmap", toBase64(pieces.charsmap)}});
  if (pieces.removesExtraSpaces) {
    steps.push_back(replace({{"Regex", " {2,}"}}, " "));
    steps.push_back(replace({{"Regex", "\\A | \\z"}}, ""));
  }
  if (pieces.model == SentencePieces::Model::Bpe) {
    if (pieces.addsSpace)
      steps.push_back({{"type", "Prepend"}, {"prepend", spaceMark}});
    steps.push_back(replace({{"String", " "}}, spaceMark));
  }
  return steps.empty() ? Json() : Json::object({{"type", "Sequence"}, {"normalizers", steps}});
}

Json decoderOf(const SentencePieces &pieces) {
  Json steps = {replace({{"String", spaceMark}}, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  if (pieces.addsSpace)
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", steps}};
}

Json templateOf(std::string_view file, const SentencePieces &pieces) {
  if (pieces.first < 0 && pieces.last < 0)
    return {};
  Json single = Json::array(), special = Json::object();
  const auto add = [&](int64_t id) {
    if (id < 0)
      return;
    if (id >= std::ssize(pieces.pieces))
      fail("{}: {} is put around texts, but is the id of no piece (0 to {})", file, id, pieces.pieces.size() - 1);
    const std::string &token = pieces.pieces[static_cast<size_t>(id)].text;
    single.push_back(Json::object({{"SpecialToken", {{"id", token}, {"type_id", 0}}}}));
    special[token] = {
        {"id", token}, {"ids", Json::array({static_cast<uint64_t>(id)})}, {"tokens", Json::array({token})}};
  };
  add(pieces.first);
  single.push_back(Json::object({{"Sequence", {{"id", "A"}, {"type_id", 0}}}}));
  add(pieces.last);
  return {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", special}};
}

} // namespace

SentencePieces parseSentencePieces(std::string_view file, std::string_view bytes) {
  SentencePieces pieces;
  const auto messageOf = [&](std::string_view part) {
    return ProtobufMessage(file, "SentencePiece model", std::as_bytes(std::span(part)));
  };
  // Both messages are optional, and so are all their fields.
  readTrainer(file, messageOf({}), pieces);
  readNormalizer(file, messageOf({}), pieces);
  ProtobufMessage message = messageOf(bytes);
  while (const uint32_t field = message.next()) { // others: self tests, the denormalizer
    if (field == 1)
      pieces.pieces.push_back(readPiece(message.message()));
    else if (field == 2)
      readTrainer(file, message.message(), pieces);
    else if (field == 3)
      readNormalizer(file, message.message(), pieces);
  }
  return pieces;
}

Json tokenizerOf(std::string_view file, const SentencePieces &pieces) {
  if (pieces.pieces.empty())
    fail("{}: has no pieces: not a file of SentencePiece", file);
  std::unordered_map<std::string_view, size_t> ids;
  Json vocabulary = Json::object(), scores = Json::array(), added = Json::array();
  Json unknown, unknownId;
  bool crosses = false;
  for (size_t id = 0; id < pieces.pieces.size(); ++id) {
    const auto &[text, score, kind] = pieces.pieces[id];
    if (text.empty() || firstInvalidUtf8(text) != std::string::npos || !ids.emplace(text, id).second)
      fail("{}: piece {} ({}) is empty, not UTF-8, or stands twice", file, id, inQuotes(text));
    vocabulary[text] = id;
    scores.push_back({text, score});
    crosses = crosses || (isPlain(kind) && text.rfind(spaceMark) != std::string::npos &&
                          text.find_first_not_of(spaceMark) < text.rfind(spaceMark));
    if (kind == Kind::Unknown) {
      unknown = text;
      unknownId = id;
    }
    // Those with a space in them are never met as they stand: merges make them.
    if (kind == Kind::Control || kind == Kind::Unknown ||
        (kind == Kind::UserDefined && text.find(spaceMark) == std::string::npos))
      added.push_back({{"id", id},
                       {"content", text},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", kind != Kind::UserDefined}});
  }
  const bool isBpe = pieces.model == SentencePieces::Model::Bpe;
  Json model = {{"type", "BPE"}, {"unk_token", unknown}, {"fuse_unk", true}, {"byte_fallback", pieces.byteFallback}};
  if (isBpe) {
    model["vocab"] = vocabulary;
    model["merges"] = mergesOf(pieces, ids);
  } else {
    model = {{"type", "Unigram"}, {"unk_id", unknownId}, {"vocab", scores}, {"byte_fallback", pieces.byteFallback}};
  }
  return {{"version", "1.0"},
          {"added_tokens", added},
          {"normalizer", normalizerOf(pieces)},
          {"pre_tokenizer", isBpe ? Json()
                                  : Json({{"type", "Metaspace"},
                                          {"replacement", spaceMark},
                                          {"prepend_scheme", pieces.addsSpace ? "always" : "never"},
                                          {"split", !crosses}})},
          {"post_processor", templateOf(file, pieces)},
          {"decoder", decoderOf(pieces)},
          {"model", model}};
}

} // namespace mase
