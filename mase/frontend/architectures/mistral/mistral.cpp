// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/frontend/architectures/mistral/mistral_config.h"
#include "mase/frontend/architectures/rotary_decoder.h"

namespace mase {

/// The shared wiring as it stands.
const Architecture architectures::mistral = {"MistralForCausalLM", languageModel<RotaryDecoder, readMistralConfig>};
const Architecture architectures::mistral_classifier = {"MistralForSequenceClassification",
                                                        classifier<RotaryDecoder, readMistralConfig>};

} // namespace mase
