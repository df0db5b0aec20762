// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// What the user probably meant: the known name that is the fewest edits away from a wrong one.
///
/// Distance is Levenshtein's with transposed neighbours as one edit (optimal string alignment), case ignored.
/// Ties go to the first known name.
/// Source  Damerau, A technique for computer detection and correction of spelling errors, 1964
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mase {

/// The nearest known name; empty when `known` is empty or nothing is within half the longer name's length.
std::string nearestName(std::string_view wrong, const std::vector<std::string> &known);

/// The known names, "a, b, c", for the bracket of a diagnostic; the nearest comes first, as "did you mean 'a'? ...".
std::string nameHint(std::string_view wrong, const std::vector<std::string> &known);

} // namespace mase
