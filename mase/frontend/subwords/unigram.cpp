// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords/unigram.h"

#include "mase/frontend/utf8.h"
#include "mase/support/error.h"

#include <algorithm>

namespace mase {
namespace {

constexpr double unknownPenalty = 10;

} // namespace

size_t Unigram::Trie::slotOf(uint32_t parent, uint8_t byte) const {
  const size_t mask = slots_.size() - 1;
  size_t slot = ((uint64_t{parent} << 8 | byte) * 0x9E3779B97F4A7C15ULL >> 32) & mask;
  while (slots_[slot].child != 0 && (slots_[slot].parent != parent || slots_[slot].byte != byte))
    slot = (slot + 1) & mask;
  return slot;
}

void Unigram::Trie::grow() {
  std::vector<Slot> old(std::max<size_t>(64, 2 * slots_.size()));
  old.swap(slots_);
  for (const Slot &slot : old)
    if (slot.child != 0)
      slots_[slotOf(slot.parent, slot.byte)] = slot;
}

void Unigram::Trie::insert(std::string_view token, int32_t id) {
  if (ids_.empty())
    ids_.push_back(-1);
  uint32_t node = 0;
  for (char c : token) {
    if (2 * ids_.size() >= slots_.size())
      grow();
    Slot &slot = slots_[slotOf(node, static_cast<uint8_t>(c))];
    if (slot.child == 0) {
      slot = {node, static_cast<uint32_t>(ids_.size()), static_cast<uint8_t>(c)};
      ids_.push_back(-1);
    }
    node = slot.child;
  }
  ids_[node] = id;
}

template <typename OnToken>
void Unigram::Trie::forEachPrefix(std::string_view text, const OnToken &onToken) const {
  uint32_t node = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    node = slots_[slotOf(node, static_cast<uint8_t>(text[i]))].child;
    if (node == 0)
      return;
    if (ids_[node] >= 0)
      onToken(ids_[node], i + 1);
  }
}

Unigram::Unigram(const JsonObject &model) : file_(model.file()) {
  model.allowOnly({"type", "unk_id", "vocab", "byte_fallback"});
  const Json &list = model.array("vocab");
  double least = 0;
  for (const Json &entry : list) {
    const auto id = static_cast<int32_t>(scores_.size());
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number())
      fail("{}: {} holds {}, not a token and its score", file_, model.nameOf("vocab"), inQuotes(entry.dump()));
    const auto &token = entry[0].get_ref<const std::string &>();
    if (token.empty() || !vocabulary_.emplace(token, id).second)
      fail("{}: the token {} of Unigram ({}) is empty or stands twice", file_, inQuotes(token), id);
    scores_.push_back(entry[1].get<double>());
    least = id == 0 ? scores_[0] : std::min(least, scores_.back());
    trie_.insert(token, id);
  }
  if (scores_.empty())
    fail("{}: {} is empty (at least one token)", file_, model.nameOf("vocab"));
  unknown_ = static_cast<int32_t>(model.integerOr("unk_id", 0, std::ssize(scores_) - 1, -1));
  unknownScore_ = least - unknownPenalty;
  if (model.flagOr("byte_fallback", false))
    bytes_.emplace(vocabulary_);
}

void Unigram::append(std::string_view piece, std::vector<int32_t> &ids) const {
  if (const auto token = vocabulary_.find(std::string(piece)); token != vocabulary_.end())
    ids.push_back(token->second);
  else if (!bytes_ || !bytes_->append(piece, [&](int32_t id) { ids.push_back(id); }))
    ids.push_back(unknown_);
}

void Unigram::encodeWord(std::string_view word, std::vector<Best> &best, std::vector<int32_t> &ids) const {
  best.assign(word.size() + 1, {});
  for (size_t begin = 0; begin < word.size();) {
    const double before = best[begin].score;
    const size_t character = utf8Step(word.substr(begin)).bytes;
    bool isToken = false;
    const auto offer = [&](int32_t id, size_t bytes, double score) {
      Best &end = best[begin + bytes];
      if (end.begin < 0 || before + score > end.score)
        end = {before + score, id, static_cast<int64_t>(begin)};
    };
    trie_.forEachPrefix(word.substr(begin), [&](int32_t id, size_t bytes) {
      offer(id, bytes, scores_[static_cast<size_t>(id)]);
      isToken = isToken || bytes == character;
    });
    if (!isToken) {
      if (unknown_ < 0)
        fail("{}: Unigram has no token for {}, which is in the text, and no unk_id", file_,
             inQuotes(word.substr(begin, character)));
      offer(unknown_, character, unknownScore_);
    }
    begin += character;
  }
  // From the end: unknown ones that touch are one piece.
  std::vector<std::pair<size_t, size_t>> pieces;
  bool wasUnknown = false;
  for (size_t end = word.size(); end > 0;) {
    const Best &last = best[end];
    const auto begin = static_cast<size_t>(last.begin);
    const bool isUnknown = unknown_ >= 0 && last.id == unknown_;
    if (isUnknown && wasUnknown)
      pieces.back().first = begin;
    else
      pieces.emplace_back(begin, end);
    wasUnknown = isUnknown;
    end = begin;
  }
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece)
    append(word.substr(piece->first, piece->second - piece->first), ids);
}

Subwords::Encoder Unigram::encoder() const {
  return [this, best = std::vector<Best>()](std::string_view word, std::vector<int32_t> &ids) mutable {
    encodeWord(word, best, ids);
  };
}

} // namespace mase
