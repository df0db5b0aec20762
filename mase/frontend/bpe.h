// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Byte-pair encoding of one word: starting from its bytes, the pair that was learnt first is merged, until none is
/// left; of equal pairs the leftmost.
///
/// Source  Sennrich, Haddow, Birch: Neural machine translation of rare words with subword units, ACL 2016
#pragma once

#include "mase/frontend/json.h"

#include <array>
#include <unordered_map>
#include <vector>

namespace mase {

/// Immutable once read; encode() may be called by several threads, each with its own Cache.
class Bpe {
public:
  /// From tokenizer.json's `model`.
  /// Errors  InputError: another model than BPE, an option that is not read, ids out of range or given twice, merges of
  ///         or to unknown tokens.
  explicit Bpe(const JsonObject &tokenizer);

  /// The words that were encoded already: most of a text's words are repeated.
  class Cache;
  /// Appends the ids of `word` (bytes, not empty) to `ids`.
  /// Errors  InputError: a byte of the word has no token.
  void encode(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const;

  /// The ids by the tokens' spelling.
  const std::unordered_map<std::string, int32_t> &vocabulary() const { return vocabulary_; }

private:
  struct Merge {
    int32_t rank = -1, id = -1; // rank -1: the pair does not merge
  };
  /// What merging tokens a and b gives: a hash table with open addressing, at most half full.
  class MergeTable {
  public:
    void reserve(size_t count);
    /// False when the pair is there already.
    bool insert(int32_t a, int32_t b, Merge merge);
    Merge find(int32_t a, int32_t b) const;

  private:
    struct Slot {
      uint64_t key = ~uint64_t{0};
      Merge merge;
    };
    size_t slotOf(uint64_t key) const;
    std::vector<Slot> slots_;
  };

  void readVocabulary(const JsonObject &model);
  void readMerges(const JsonObject &model);
  int32_t mergedToken(const JsonObject &model, const std::string &spelling) const;
  /// The id of the token that is the whole word, or -1.
  int32_t wholeWord(std::string_view word) const;
  void mergeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const;

  std::string file_;
  std::unordered_map<std::string, int32_t> vocabulary_;
  std::array<int32_t, 256> byteIds_{};
  MergeTable merges_;
  bool ignoreMerges_ = false;
};

class Bpe::Cache {
  friend class Bpe;
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
  std::unordered_map<std::string, Range, Hash, std::equal_to<>> words_;
  std::vector<int32_t> ids_;
  std::vector<Symbol> symbols_; // of the word at hand: kept for their memory
  std::vector<Candidate> heap_;
};

} // namespace mase
