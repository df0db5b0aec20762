// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// How a tokenizer makes ids of a run of ordinary text (text without added tokens), and text of its tokens.
///
/// Two kinds are read: byte-level BPE (byte_level_bpe.h) and BERT's WordPiece (word_piece.h). Immutable once read.
#pragma once

#include "mase/frontend/json.h"

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mase {

class Subwords {
public:
  virtual ~Subwords() = default;

  /// Appends the ids of a run (valid UTF-8, not empty). An encoder belongs to one thread: it has memory of its own.
  using Encoder = std::function<void(std::string_view run, std::vector<int32_t> &ids)>;
  virtual Encoder encoder() const = 0;

  /// The ids by the tokens' spelling in the file.
  virtual const std::unordered_map<std::string, int32_t> &vocabulary() const = 0;
  /// The bytes that a token of that spelling stands for.
  virtual std::string bytesOf(const std::string &spelling) const = 0;
  /// What those bytes add to a text: `isFirst`: nothing stands in front of them.
  virtual std::string joined(std::string_view bytes, bool isFirst) const = 0;
};

/// From a tokenizer.json: `model`, and the parts that belong to its kind (normalizer, pre_tokenizer, decoder).
/// Errors  InputError: a kind or an option that is not read, by name.
std::unique_ptr<Subwords> readSubwords(const JsonObject &tokenizer);

} // namespace mase
