// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer_files/sentence_pieces.h"
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"
#include "mase/frontend/tokenizer.h"

// A tokenizer.model, and the tokenizer.json that says the same.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  using namespace mase;
  const fuzz::MemoryLimit limit(size);
  return fuzz::read([&] {
    const SentencePieces pieces = parseSentencePieces("tokenizer.model", fuzz::textOf(data, size));
    const Tokenizer tokenizer = Tokenizer::parse("tokenizer.model", tokenizerOf("tokenizer.model", pieces).dump());
    (void)tokenizer.decode(tokenizer.encode("It's 42 <s> film end"), SpecialTokens::Keep);
  });
}
