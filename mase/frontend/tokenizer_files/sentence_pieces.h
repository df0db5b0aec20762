// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A vocabulary of SentencePiece, from its own file (tokenizer.model) or from a GGUF file, and the tokenizer.json that
/// says the same.
///
/// SentencePiece's library is not needed: its merges are the splits of each token into two, in the order of the tokens'
/// scores, as Hugging Face's converter has them, and everything behind that is the path of a tokenizer.json.
/// Source  https://github.com/google/sentencepiece/blob/v0.1.97/src/sentencepiece_model.proto
#pragma once

#include "mase/frontend/json.h"

#include <vector>

namespace mase {

struct SentencePieces {
  /// As both files number them.
  enum class Kind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };
  enum class Model { Unigram = 1, Bpe = 2 };
  struct Piece {
    std::string text;
    double score = 0;
    Kind kind = Kind::Normal;
  };
  std::vector<Piece> pieces; // by id
  Model model = Model::Bpe;
  bool byteFallback = false;
  std::string charsmap; // the normalizer's replacements; empty: none
  bool addsSpace = true, removesExtraSpaces = false;
  int64_t first = -1, last = -1; // ids that are put around a text; -1: none
};

/// Reads the bytes of a tokenizer.model. `first` and `last` are its <s> and </s>, where it has them.
/// Errors  InputError: not such a message, another model than unigram and BPE, tokens that are empty or no UTF-8.
SentencePieces parseSentencePieces(std::string_view file, std::string_view bytes);

/// Errors  InputError: a token that stands twice, ids that are none.
Json tokenizerOf(std::string_view file, const SentencePieces &pieces);

} // namespace mase
