// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Runs another program and waits for it.
///
/// No shell is involved, so arguments need no quoting. Thread-safe.
#pragma once

#include <string>
#include <vector>

namespace mase {

struct ProcessResult {
  int status = 0;     // exit status; 127 when the program does not exist, 128 + n after signal n
  std::string output; // stdout and stderr together
};

/// `arguments[0]` is the program, searched in PATH.
ProcessResult runProcess(const std::vector<std::string> &arguments);

} // namespace mase
