// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Unicode's normalization forms, for the characters that Unicode 9 had assigned: later ones stay as they are, as in
/// Hugging Face's library, whose tables are that old.
///
/// Thread-safe. ASCII is in every form.
/// Source  Unicode Standard Annex 15
#pragma once

#include <string>
#include <string_view>

namespace mase {

enum class UnicodeForm { Nfc, Nfd, Nfkc, Nfkd };
/// `text` is valid UTF-8.
std::string inForm(UnicodeForm form, std::string_view text);

} // namespace mase
