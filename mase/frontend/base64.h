// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Bytes spelt in base 64 with padding, as JSON files hold them.
///
/// Linear and thread-safe.
/// Source  RFC 4648, section 4
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mase {

std::string toBase64(std::string_view bytes);
/// Nothing when `text` is not base 64.
std::optional<std::string> fromBase64(std::string_view text);

} // namespace mase
