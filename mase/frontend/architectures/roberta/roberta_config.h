// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The config of a RoBERTa encoder that classifies texts: BERT's keys; positions count from behind the padding token's
/// id.
///
/// What is refused and what is ignored: ../config_keys.h.
/// Source  Liu et al., RoBERTa, 2019; the keys: transformers' RobertaConfig
#pragma once

#include "mase/frontend/architectures/bert/bert_config.h"

namespace mase {

/// Errors  InputError: a key is missing, of another type, out of range or asks for something that is not implemented.
BertConfig readRobertaConfig(const JsonObject &config);

} // namespace mase
