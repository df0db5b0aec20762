// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The options of Metaspace, which pre-tokenizer and decoder share: how SentencePiece spells spaces.
///
/// A space is spelt with a mark of its own, mostly "▁", and one is put in front of a text so that its first word is
/// spelt as all others.
#pragma once

#include "mase/frontend/json.h"

namespace mase {

struct Metaspace {
  enum class Prepends { Always, First, Never };
  std::string replacement; ///< one character
  Prepends prepends = Prepends::Always;
  bool splits = true; ///< every mark opens a word
};

/// From a component whose `type` is Metaspace.
/// Errors  InputError: a replacement that is not one character, another prepend_scheme, an `add_prefix_space` (the
///         older spelling) that disagrees with it.
Metaspace readMetaspace(const JsonObject &step);

} // namespace mase
