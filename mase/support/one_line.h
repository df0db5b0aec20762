// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A text as one line of a terminal, whatever it holds: what a damaged or hostile file is named by may end up in an
/// error, and must neither break its line nor steer the terminal.
///
/// Control characters are shown as C writes them (\n, \x1b); all other bytes stay.
#pragma once

#include <string>
#include <string_view>

namespace mase {

std::string oneLine(std::string_view text);

} // namespace mase
