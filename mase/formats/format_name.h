// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The one textual name of a point in the algebra: `HEAD[:BLOCK][/SCALE][@ROUNDING]`.
///
///     mxint4    bmf<4,3>:16x2/e5    int8:row    table(codes.toml):1x16    mxfp4@mx-cpu-even
///
/// HEAD is the family's: letters, digits, `_`, `<...>` or `(...)`. BLOCK is ROWSxCOLS, `row` or `tensor`. Parts that
/// are the family's default are left out of the canonical name. Split and put together here and nowhere else.
#pragma once

#include "mase/formats/block_shape.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mase {

struct FormatName {
  std::string_view text; ///< the whole name, for diagnostics
  std::string_view head;
  std::optional<BlockShape> block;
  std::string_view scale, rounding; ///< empty: not given

  /// Whether only the head is given: families without blocks refuse the rest.
  bool isPlain() const { return !block && scale.empty() && rounding.empty(); }
};

/// The parts of a name, which must outlive them; null when it does not have that form.
std::optional<FormatName> splitFormatName(std::string_view name);

/// Whether a file that the name refers to says what it means: `table(codes.toml)`.
bool namesFile(std::string_view name);

/// ":16x2", ":row", ":tensor".
std::string blockSuffix(BlockShape block);

/// "mxint4" of prefix "mxint" -> 4: a number without leading zeros of at most six digits that ends the text.
std::optional<int> numberBehind(std::string_view text, std::string_view prefix);

/// "bmf<4,3>" of prefix "bmf" -> {4, 3}: `count` numbers in angle brackets, each perhaps negative; null otherwise.
std::optional<std::vector<int>> numbersInBrackets(std::string_view text, std::string_view prefix, size_t count);

} // namespace mase
