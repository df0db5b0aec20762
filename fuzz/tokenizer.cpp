// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/tokenizer.h"
#include "fuzz/memory_limit.h"
#include "fuzz/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const mase::fuzz::MemoryLimit limit(size);
  return mase::fuzz::read([&] {
    const mase::Tokenizer tokenizer = mase::Tokenizer::parse("tokenizer.json", mase::fuzz::textOf(data, size));
    const auto ids = tokenizer.encode("It's 42 <s> na\u00efve\n\n  [SEP] film\u4e2d end");
    (void)tokenizer.decode(ids, mase::SpecialTokens::Keep);
  });
}
