// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The unigram language model: of all ways to cut a word into tokens, the one of the greatest sum of scores.
///
/// Found by dynamic programming over the bytes, ties going to the way that was found first: from left to right, short
/// tokens before long ones. A character that is no token by itself costs 10 more than the least score.
/// Source  Kudo: Subword regularization, ACL 2018; ties and scores as SentencePiece's and Hugging Face's
#pragma once

#include "mase/frontend/subwords/subwords.h"
#include "mase/frontend/subwords/vocabulary.h"

#include <optional>

namespace mase {

class Unigram final : public Subwords {
public:
  /// Errors  InputError: tokens that are no pairs of text and score, empty ones, the same twice, an unknown token out
  ///         of range.
  explicit Unigram(const JsonObject &model);

  Encoder encoder() const override;
  const Vocabulary &vocabulary() const override { return vocabulary_; }

private:
  /// Tokens by their bytes: children are found by a hash of node and byte.
  class Trie {
  public:
    void insert(std::string_view token, int32_t id);
    /// Calls onToken(id, bytes) for each token that `text` begins with, short ones first.
    template <typename OnToken>
    void forEachPrefix(std::string_view text, const OnToken &onToken) const;

  private:
    struct Slot {
      uint32_t parent = 0, child = 0; // child 0: empty
      uint8_t byte = 0;
    };
    size_t slotOf(uint32_t parent, uint8_t byte) const;
    void grow();
    std::vector<Slot> slots_;
    std::vector<int32_t> ids_; // by node: -1: no token ends here
  };
  /// How a prefix of the word is cut best.
  struct Best {
    double score = 0;
    int32_t id = -1;
    int64_t begin = -1; // of its last token; -1: not reached
  };
  void encodeWord(std::string_view word, std::vector<Best> &best, std::vector<int32_t> &ids) const;
  void append(std::string_view piece, std::vector<int32_t> &ids) const;

  std::string file_;
  Vocabulary vocabulary_;
  std::vector<double> scores_;
  Trie trie_;
  std::optional<ByteTokens> bytes_;
  int32_t unknown_ = -1;
  double unknownScore_ = 0;
};

} // namespace mase
