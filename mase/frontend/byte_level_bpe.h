// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Byte-level BPE as GPT-2 has it: words cut by patterns, their bytes merged.
///
/// Source  Sennrich, Haddow, Birch: Neural machine translation of rare words with subword units, 2016; bytes: GPT-2
#pragma once

#include "mase/frontend/bpe.h"
#include "mase/frontend/pre_tokenizer.h"
#include "mase/frontend/subwords.h"

namespace mase {

class ByteLevelBpe final : public Subwords {
public:
  /// Errors  InputError: a normalizer, another decoder than ByteLevel; as PreTokenizer and Bpe.
  explicit ByteLevelBpe(const JsonObject &tokenizer);

  Encoder encoder() const override;
  const std::unordered_map<std::string, int32_t> &vocabulary() const override { return bpe_.vocabulary(); }
  std::string bytesOf(const std::string &spelling) const override;
  std::string joined(std::string_view bytes, bool) const override { return std::string(bytes); }

private:
  PreTokenizer preTokenizer_;
  Bpe bpe_;
};

} // namespace mase
