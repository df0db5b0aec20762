// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The special tokens that a tokenizer puts around a text.
///
/// Read: TemplateProcessing, BertProcessing and RobertaProcessing (a token in front and one behind), ByteLevel (which
/// adds nothing), and a Sequence of these. Only the template for a single text is used.
#pragma once

#include "mase/frontend/json.h"

#include <vector>

namespace mase {

struct PostProcessor {
  std::vector<int32_t> prefix, suffix;

  /// From tokenizer.json's `post_processor`, which may be absent; ids are at most `mostId`.
  /// Errors  InputError: a component that is not read, by name; a template without exactly one text.
  PostProcessor(const JsonObject &tokenizer, int32_t mostId);

private:
  void readStep(const JsonObject &step, int32_t mostId);
  void readPair(const JsonObject &step, int32_t mostId);
  void readTemplate(const JsonObject &step, int32_t mostId);
};

} // namespace mase
