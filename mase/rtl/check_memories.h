// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Reads back every weight memory of an emitted folder that no simulation runs with.
///
/// A linear is simulated at a small tile and has the memory of its mapped tile beside that. Simulation proves the
/// first; the second must hold the same elements and scales, in the order that its tile asks for (docs/arithmetic.md,
/// S3).
#pragma once

#include "mase/rtl/emitted_linear.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace mase {

struct MemoryCheck {
  int64_t words = 0;           // read back
  int64_t mismatches = 0;      // elements and scales that differ
  std::string firstDifference; // empty when there is none
};

/// The memories of one linear. Cheap: texts of some hundred kilobytes.
/// Errors  InputError: a file is missing or does not hold its words.
MemoryCheck checkMemories(const std::filesystem::path &folder, const EmittedLinear &linear);

} // namespace mase
