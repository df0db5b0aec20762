// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// From names to formats. A family of formats (a folder) registers itself by one line in registry.cpp.
///
/// The grammar of names is format_name.h's; a family recognises its own by the head.
#pragma once

#include "mase/formats/format.h"
#include "mase/formats/format_name.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mase {

/// A family: all formats of one folder.
struct FormatFamily {
  std::string_view name;    // "mxint"
  std::string_view pattern; // "mxint<M>[:RxC]", for help and error texts
  std::string_view summary; // one line
  /// The format of that name, or null when the name is not this family's.
  /// Errors: InputError when it is this family's and its parameters are out of range.
  std::unique_ptr<Format> (*parse)(const FormatName &name);
  /// What `mase formats` lists: one of each element.
  std::vector<std::string> (*members)();
  /// More points on which the contract test runs: other blocks, scales, roundings.
  std::vector<std::string> (*others)();

  /// All on which the contract test runs.
  std::vector<std::string> examples() const;
};

const std::vector<FormatFamily> &formatFamilies();

/// The format of that name, the same object at every call. Thread-safe.
/// Errors: InputError, which names the nearest patterns, when there is none.
const Format &parseFormat(std::string_view name);

} // namespace mase
