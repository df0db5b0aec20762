// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/roberta/roberta_config.h"

#include "mase/support/error.h"

namespace mase {

BertConfig readRobertaConfig(const JsonObject &config) {
  BertConfig roberta = readBertKeys(config, "roberta");
  roberta.positionOffset = config.integerOr("pad_token_id", 0, roberta.vocabSize - 1, 1) + 1;
  if (roberta.maxPositions <= roberta.positionOffset)
    fail("{}: max_position_embeddings {} leaves no position behind pad_token_id {}", config.file(),
         roberta.maxPositions, roberta.positionOffset - 1);
  roberta.maxPositions -= roberta.positionOffset; // rows of the table, else
  return roberta;
}

} // namespace mase
