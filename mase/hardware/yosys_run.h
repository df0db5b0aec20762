// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Runs of Yosys, and where their results are kept.
///
/// A run has a folder of its own, which is removed afterwards. Results are kept by the content of all that they depend
/// on, so that a run is never repeated; folders of the cache may be deleted at any time.
#pragma once

#include <filesystem>
#include <string>

namespace mase {

/// The first line that `yosys -V` prints; empty when there is no such program.
std::string yosysVersion(const std::string &yosys = "yosys");

/// The same. Errors  InputError: there is no such program.
std::string requiredYosysVersion(const std::string &yosys);

/// The file in which a result that depends on `content` is kept. cache: empty for $XDG_CACHE_HOME/mase/yosys, else
/// ~/.cache/mase/yosys.
std::filesystem::path yosysCacheEntry(const std::filesystem::path &cache, const std::string &content);

/// Runs a script beside `entry` and returns what it wrote to the file `result`, empty when it wrote nothing.
/// Errors  InputError with `what` and Yosys's last words: the run fails.
std::string runYosys(const std::string &yosys, const std::filesystem::path &entry, const std::string &what,
                     const std::string &script, const std::string &result);

} // namespace mase
