// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// The two ways in which a command ends other than well.
///
/// A fault of the user's (a bad file, a bad option) is an InputError: one line on stderr, exit status 2.
/// A check that the user asked for and that failed (bits differ, budget exceeded) is a CheckError: exit status 1.
/// Faults of ours are `assert`s. Both may be thrown anywhere outside MLIR's passes and callbacks, which are built
/// without exceptions in mind: catch there, and turn the text into a diagnostic.
#pragma once

#include <fmt/format.h>
#include <stdexcept>

namespace mase {

class InputError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

class CheckError : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Throws an InputError. The text reads `FILE: what is wrong (what would be right)`, without a full stop.
/// The format is a literal at the place of use: test/diagnostics.py reads it there.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args &&...args) {
  throw InputError(fmt::format(format, std::forward<Args>(args)...));
}

} // namespace mase
