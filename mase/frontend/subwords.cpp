// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/subwords.h"

#include "mase/frontend/byte_level_bpe.h"
#include "mase/frontend/word_piece.h"

namespace mase {

std::unique_ptr<Subwords> readSubwords(const JsonObject &tokenizer) {
  const JsonObject model = tokenizer.object("model");
  if (model.find("type") && model.text("type") == "WordPiece")
    return std::make_unique<WordPiece>(tokenizer);
  return std::make_unique<ByteLevelBpe>(tokenizer);
}

} // namespace mase
