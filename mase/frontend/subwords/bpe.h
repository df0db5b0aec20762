// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Byte-pair encoding of one word: starting from its characters, the pair that was learnt first is merged, until none
/// is left; of equal pairs the leftmost.
///
/// A character without a token becomes the tokens of its bytes (`byte_fallback`), else the unknown token, one for
/// each or one for a run of them (`fuse_unk`).
/// Source  Sennrich, Haddow, Birch: Neural machine translation of rare words with subword units, ACL 2016
#pragma once

#include "mase/frontend/subwords/subwords.h"
#include "mase/frontend/subwords/vocabulary.h"

#include <optional>

namespace mase {

class Bpe final : public Subwords {
public:
  /// Errors  InputError: an option that is not read, ids out of range or given twice, merges of or to unknown tokens,
  ///         an unknown token that is none.
  explicit Bpe(const JsonObject &model);

  Encoder encoder() const override;
  const Vocabulary &vocabulary() const override { return vocabulary_; }

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
  /// The words that were encoded already (most of a text's words are repeated), and memory for the word at hand.
  class Cache;

  void readMerges(const JsonObject &model);
  int32_t tokenOfMerge(const JsonObject &model, const std::string &spelling) const;
  int32_t tokenOf(uint32_t codePoint) const;
  /// Its characters' tokens, as symbols.
  void spell(std::string_view word, Cache &cache) const;
  void mergeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const;
  void encodePart(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const;
  /// Parts that no merge crosses, one behind the other.
  void encodeWord(std::string_view word, Cache &cache, std::vector<int32_t> &ids) const;

  std::string file_;
  Vocabulary vocabulary_;
  std::vector<int32_t> commonTokens_;                 // of low code points
  std::unordered_map<uint32_t, int32_t> otherTokens_; // of the others
  std::optional<ByteTokens> bytes_;                   // with byte_fallback
  MergeTable merges_;
  int32_t unknown_ = -1; // -1: none
  bool fusesUnknown_ = false, ignoresMerges_ = false;
  bool spacesOpenWords_ = true; // no merge has "▁" behind another character
};

} // namespace mase
