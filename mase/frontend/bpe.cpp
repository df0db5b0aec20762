// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/bpe.h"

#include "mase/frontend/byte_level.h"
#include "mase/support/error.h"

#include <algorithm>
#include <bit>

namespace mase {
namespace {

constexpr size_t mostCachedWords = size_t{1} << 16;
constexpr size_t longestCachedWord = 64; // bytes

void checkOptions(const JsonObject &model) {
  if (model.find("type") && model.text("type") != "BPE")
    fail("{}: tokenizer model {} is not read (read: BPE)", model.file(), inQuotes(model.text("type")));
  auto refuse = [&](const char *key) {
    fail("{}: {} {} is not read", model.file(), model.nameOf(key), inQuotes(model.find(key)->dump()));
  };
  if (model.find("dropout") && model.number("dropout") != 0)
    refuse("dropout");
  for (const char *key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (model.find(key) && !model.text(key).empty())
      refuse(key);
  if (model.flagOr("byte_fallback", false))
    refuse("byte_fallback");
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

} // namespace

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

Bpe::Bpe(const JsonObject &tokenizer) : file_(tokenizer.file()) {
  JsonObject model = tokenizer.object("model");
  checkOptions(model);
  readVocabulary(model);
  readMerges(model);
  ignoreMerges_ = model.flagOr("ignore_merges", false);
}

void Bpe::readVocabulary(const JsonObject &model) {
  JsonObject vocabulary = model.object("vocab");
  size_t count = vocabulary.value().size();
  // Tables by id follow: a few holes do no harm, an id of a billion would.
  int64_t mostId = 2 * static_cast<int64_t>(count) + 1000;
  std::vector<bool> taken(static_cast<size_t>(mostId) + 1);
  vocabulary_.reserve(count);
  for (auto &[spelling, value] : vocabulary.value().items()) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > static_cast<uint64_t>(mostId))
      fail("{}: token {} has the id {}, out of range (0 to {})", model.file(), inQuotes(spelling),
           inQuotes(value.dump()), mostId);
    int32_t id = value.get<int32_t>();
    if (spelling.empty())
      fail("{}: the token {} is spelt with no character", model.file(), id);
    if (taken[static_cast<size_t>(id)])
      fail("{}: token {} has the id {} of another token", model.file(), inQuotes(spelling), id);
    taken[static_cast<size_t>(id)] = true;
    vocabulary_.emplace(spelling, id);
  }
  for (int byte = 0; byte < 256; ++byte) {
    auto token = vocabulary_.find(byteLevelSpelling(static_cast<uint8_t>(byte)));
    byteIds_[static_cast<size_t>(byte)] = token == vocabulary_.end() ? -1 : token->second;
  }
}

int32_t Bpe::mergedToken(const JsonObject &model, const std::string &spelling) const {
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
    Merge result{rank++, mergedToken(model, a + b)};
    if (!merges_.insert(mergedToken(model, a), mergedToken(model, b), result))
      fail("{}: the merge of {} and {} is listed twice", model.file(), inQuotes(a), inQuotes(b));
  }
}

void Bpe::mergeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const {
  auto &symbols = cache.symbols_;
  auto &heap = cache.heap_;
  symbols.clear();
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

  auto count = static_cast<int32_t>(word.size());
  for (int32_t i = 0; i < count; ++i) {
    auto byte = static_cast<uint8_t>(word[static_cast<size_t>(i)]);
    if (byteIds_[byte] < 0)
      fail("{}: the vocabulary has no token for the byte {:#04x}, which is in the text", file_, byte);
    symbols.push_back({byteIds_[byte], i - 1, i + 1 < count ? i + 1 : -1});
  }
  for (int32_t i = 0; i + 1 < count; ++i)
    consider(i);
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

int32_t Bpe::wholeWord(std::string_view word) const {
  std::string spelling;
  for (char byte : word)
    spelling += byteLevelSpelling(static_cast<uint8_t>(byte));
  auto token = vocabulary_.find(spelling);
  return token == vocabulary_.end() ? -1 : token->second;
}

void Bpe::encode(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const {
  if (auto known = cache.words_.find(word); known != cache.words_.end()) {
    auto begin = cache.ids_.begin() + known->second.begin;
    ids.insert(ids.end(), begin, begin + known->second.size);
    return;
  }
  size_t first = ids.size();
  if (int32_t whole = ignoreMerges_ ? wholeWord(word) : -1; whole >= 0)
    ids.push_back(whole);
  else
    mergeWord(word, cache, ids);
  if (word.size() > longestCachedWord || cache.words_.size() >= mostCachedWords)
    return;
  Cache::Range range{static_cast<uint32_t>(cache.ids_.size()), static_cast<uint32_t>(ids.size() - first)};
  cache.words_.emplace(word, range);
  cache.ids_.insert(cache.ids_.end(), ids.begin() + static_cast<std::ptrdiff_t>(first), ids.end());
}

} // namespace mase
