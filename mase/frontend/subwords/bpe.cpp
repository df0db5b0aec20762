// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/bpe.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>

namespace mase {
namespace {

constexpr size_t mostCachedWords = size_t{1} << 16;
constexpr size_t longestCachedWord = 64; // bytes
constexpr size_t commonCodePoints = 0x400;
constexpr std::string_view spaceMark = "\u2581"; // SentencePiece's

void checkOptions(const JsonObject &model) {
  model.allowOnly({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
                   "byte_fallback", "ignore_merges", "vocab", "merges"});
  auto refuse = [&](const char *key) {
    fail("{}: {} {} is not read", model.file(), model.nameOf(key), inQuotes(model.find(key)->dump()));
  };
  if (model.find("dropout") && model.number("dropout") != 0)
    refuse("dropout");
  for (const char *key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (model.find(key) && !model.text(key).empty())
      refuse(key);
}

/// A merge is "a b" or ["a", "b"].
std::pair<std::string, std::string> readPair(const JsonObject &model, const Json &merge) {
  if (merge.is_string()) {
    const auto &text = merge.get_ref<const std::string &>();
    if (size_t space = text.find(' '); space != std::string::npos && text.find(' ', space + 1) == std::string::npos)
      return {text.substr(0, space), text.substr(space + 1)};
  } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0], merge[1]};
  }
  fail("{}: {} holds {}, not a pair of tokens", model.file(), model.nameOf("merges"), inQuotes(merge.dump()));
}

/// Whether the mark stands in it behind another character.
bool crossesSpace(std::string_view token) {
  while (token.starts_with(spaceMark))
    token.remove_prefix(spaceMark.size());
  return token.find(spaceMark) != std::string_view::npos;
}

} // namespace

class Bpe::Cache {
public:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Range {
    uint32_t begin, size;
  };
  struct Symbol {
    int32_t id, previous, next; // id -1: merged into the symbol before it
  };
  struct Candidate {
    int32_t rank, at, left, right, id;
    bool operator<(const Candidate &other) const { // a heap's top is the least rank, the leftmost of equals
      return std::pair(rank, at) > std::pair(other.rank, other.at);
    }
  };
  std::unordered_map<std::string, Range, Hash, std::equal_to<>> words;
  std::vector<int32_t> ids;
  std::vector<Symbol> symbols; // of the word at hand: kept for their memory
  std::vector<Candidate> heap;
};

void Bpe::MergeTable::reserve(size_t count) { slots_.assign(std::bit_ceil(2 * count + 2), {}); }

size_t Bpe::MergeTable::slotOf(uint64_t key) const {
  size_t mask = slots_.size() - 1;
  size_t slot = (key * 0x9E3779B97F4A7C15ULL >> 32) & mask;
  while (slots_[slot].key != key && slots_[slot].merge.rank >= 0)
    slot = (slot + 1) & mask;
  return slot;
}

bool Bpe::MergeTable::insert(int32_t a, int32_t b, Merge merge) {
  uint64_t key = static_cast<uint64_t>(a) << 32 | static_cast<uint32_t>(b);
  Slot &slot = slots_[slotOf(key)];
  if (slot.merge.rank >= 0)
    return false;
  slot = {key, merge};
  return true;
}

Bpe::Merge Bpe::MergeTable::find(int32_t a, int32_t b) const {
  return slots_[slotOf(static_cast<uint64_t>(a) << 32 | static_cast<uint32_t>(b))].merge;
}

Bpe::Bpe(const JsonObject &model)
    : file_(model.file()), fusesUnknown_(model.flagOr("fuse_unk", false)),
      ignoresMerges_(model.flagOr("ignore_merges", false)) {
  checkOptions(model);
  vocabulary_ = readVocabulary(model);
  unknown_ = readUnknownToken(model, "unk_token", vocabulary_);
  if (model.flagOr("byte_fallback", false))
    bytes_.emplace(vocabulary_);
  commonTokens_.assign(commonCodePoints, -1);
  for (auto &[spelling, id] : vocabulary_) {
    const Utf8Step first = utf8Step(spelling);
    if (first.bytes == spelling.size() && first.valid)
      (first.codePoint < commonCodePoints ? commonTokens_[first.codePoint] : otherTokens_[first.codePoint]) = id;
    // A whole word that is a token (ignore_merges) may cross as well.
    spacesOpenWords_ = spacesOpenWords_ && !(ignoresMerges_ && crossesSpace(spelling));
  }
  readMerges(model);
}

int32_t Bpe::tokenOf(uint32_t codePoint) const {
  if (codePoint < commonCodePoints)
    return commonTokens_[codePoint];
  const auto found = otherTokens_.find(codePoint);
  return found == otherTokens_.end() ? -1 : found->second;
}

int32_t Bpe::tokenOfMerge(const JsonObject &model, const std::string &spelling) const {
  auto token = vocabulary_.find(spelling);
  if (token == vocabulary_.end())
    fail("{}: a merge needs the token {}, which is not in the vocabulary", model.file(), inQuotes(spelling));
  return token->second;
}

void Bpe::readMerges(const JsonObject &model) {
  const Json &merges = model.array("merges");
  merges_.reserve(merges.size());
  int32_t rank = 0;
  for (const Json &merge : merges) {
    auto [a, b] = readPair(model, merge);
    spacesOpenWords_ = spacesOpenWords_ && !crossesSpace(a + b);
    Merge result{rank++, tokenOfMerge(model, a + b)};
    if (!merges_.insert(tokenOfMerge(model, a), tokenOfMerge(model, b), result))
      fail("{}: the merge of {} and {} is listed twice", model.file(), inQuotes(a), inQuotes(b));
  }
}

void Bpe::spell(std::string_view word, Cache &cache) const {
  auto &symbols = cache.symbols;
  symbols.clear();
  const auto add = [&](int32_t id) {
    const auto at = static_cast<int32_t>(symbols.size());
    symbols.push_back({id, at - 1, at + 1});
  };
  bool pending = false; // an unknown token that waits for a known one; tokens of bytes do not end it (as in the peer)
  forEachCodePoint(word, [&](uint32_t c, std::string_view bytes) {
    if (const int32_t id = tokenOf(c); id >= 0) {
      if (pending)
        add(unknown_);
      pending = false;
      add(id);
    } else if (!bytes_ || !bytes_->append(bytes, add)) {
      if (unknown_ < 0)
        fail("{}: the vocabulary has no token for {}, which is in the text", file_, inQuotes(bytes));
      if (pending && !fusesUnknown_)
        add(unknown_);
      pending = true;
    }
  });
  if (pending)
    add(unknown_);
  symbols.back().next = -1;
}

void Bpe::mergeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const {
  spell(word, cache);
  auto &symbols = cache.symbols;
  auto &heap = cache.heap;
  auto consider = [&](int32_t at) {
    int32_t next = at < 0 ? -1 : symbols[static_cast<size_t>(at)].next;
    if (next < 0)
      return;
    int32_t left = symbols[static_cast<size_t>(at)].id, right = symbols[static_cast<size_t>(next)].id;
    if (Merge merge = merges_.find(left, right); merge.rank >= 0) {
      heap.push_back({merge.rank, at, left, right, merge.id});
      std::push_heap(heap.begin(), heap.end());
    }
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i)
    consider(static_cast<int32_t>(i));
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    Cache::Candidate best = heap.back();
    heap.pop_back();
    Cache::Symbol &left = symbols[static_cast<size_t>(best.at)];
    // Found before a neighbour merged: the pair is there no longer.
    if (left.id != best.left || left.next < 0 || symbols[static_cast<size_t>(left.next)].id != best.right)
      continue;
    Cache::Symbol &right = symbols[static_cast<size_t>(left.next)];
    left.id = best.id;
    left.next = right.next;
    right.id = -1;
    if (left.next >= 0)
      symbols[static_cast<size_t>(left.next)].previous = best.at;
    consider(left.previous);
    consider(best.at);
  }
  for (int32_t i = 0; i >= 0; i = symbols[static_cast<size_t>(i)].next)
    ids.push_back(symbols[static_cast<size_t>(i)].id);
}

void Bpe::encodePart(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const {
  if (auto known = cache.words.find(word); known != cache.words.end()) {
    auto begin = cache.ids.begin() + known->second.begin;
    ids.insert(ids.end(), begin, begin + known->second.size);
    return;
  }
  size_t first = ids.size();
  if (auto whole = ignoresMerges_ ? vocabulary_.find(std::string(word)) : vocabulary_.end(); whole != vocabulary_.end())
    ids.push_back(whole->second);
  else
    mergeWord(word, cache, ids);
  if (word.size() > longestCachedWord || cache.words.size() >= mostCachedWords)
    return;
  Cache::Range range{static_cast<uint32_t>(cache.ids.size()), static_cast<uint32_t>(ids.size() - first)};
  cache.words.emplace(word, range);
  cache.ids.insert(cache.ids.end(), ids.begin() + static_cast<std::ptrdiff_t>(first), ids.end());
}

void Bpe::encodeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const {
  // Only where the mark has a token of its own does it part what stands around it.
  if (!spacesOpenWords_ || word.size() <= spaceMark.size() || tokenOf(utf8Step(spaceMark).codePoint) < 0)
    return encodePart(word, cache, ids);
  size_t begin = 0;
  for (size_t at = 0; (at = word.find(spaceMark, at)) != std::string_view::npos; at += spaceMark.size())
    if (at > begin && !word.substr(begin, at - begin).ends_with(spaceMark)) {
      encodePart(word.substr(begin, at - begin), cache, ids);
      begin = at;
    }
  encodePart(word.substr(begin), cache, ids);
}

Subwords::Encoder Bpe::encoder() const {
  return [this, cache = std::make_shared<Cache>()](std::string_view word, std::vector<int32_t> &ids) {
    encodeWord(word, *cache, ids);
  };
}

} // namespace mase
