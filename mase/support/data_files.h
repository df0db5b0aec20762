// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Where the files that ship with the program are at run time: device descriptions, cost models.
///
/// They are named relative to the root of the project (`devices/kv260.toml`) and looked for, in this order, in
///   1. the folder that the environment's MASE_DATA names,
///   2. the source tree above a build folder: ../.. of the program (build/bin/mase, build/test/...),
///   3. an installation: ../share/mase beside the program's folder.
/// The first that has the file wins. Thread-safe.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace mase {

/// The roots above that exist, in order.
std::vector<std::filesystem::path> dataRoots();

/// The first root's file or folder of this relative name; none when no root has it.
std::optional<std::filesystem::path> findDataFile(const std::filesystem::path &relative);

/// As findDataFile. Errors  InputError that names the roots when none has the file.
std::filesystem::path dataFile(const std::filesystem::path &relative);

} // namespace mase
