// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Verilator and a C++ compiler, and the cache of what they make.
///
/// Entries lie under the hash of all that they are made of and appear by rename, so that two commands may share a
/// cache.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mase {

/// The cache that is used when none is given: $XDG_CACHE_HOME/mase/verilator, else ~/.cache/mase/verilator.
std::filesystem::path defaultVerilatorCache();

/// 128 bits of FNV-1a over everything that is added; good enough to tell our own files apart.
class ContentHash {
public:
  void add(const std::string &text);
  std::string text() const;

private:
  static constexpr unsigned __int128 prime = (static_cast<unsigned __int128>(1) << 88) + 0x13B;
  unsigned __int128 state_ = (static_cast<unsigned __int128>(0x6c62272e07bb0142) << 64) + 0x62b821756295c58d;
};

/// Runs a tool and returns its output.
/// Errors  InputError with the output when it is missing or fails.
std::string runTool(const std::vector<std::string> &arguments);

/// The tools of this machine, and how they are called.
struct VerilatorTools {
  std::string compiler = "g++", include, versions;
  std::vector<std::string> compile, verilate;

  /// Errors  InputError when one is missing.
  VerilatorTools();
  std::vector<std::string> compileWith(std::initializer_list<std::string> more) const;
};

/// Fills an entry of the cache under a temporary name unless it is there.
void makeEntry(const std::filesystem::path &entry, const std::function<void(const std::filesystem::path &)> &fill);

/// The parts that every model shares, in the cache: Verilator's own C++ and a precompiled header, `shared.h`.
std::filesystem::path verilatorRuntime(const VerilatorTools &tools, const std::filesystem::path &cache);

/// Sorted.
std::vector<std::filesystem::path> filesOf(const std::filesystem::path &folder, const std::string &extension);

} // namespace mase
