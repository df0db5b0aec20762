// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// Builds the test bench of each kind of linear in an emitted folder, with Verilator and a C++ compiler: a model of the
/// linear and one of its weight memory, which reads its file when the bench runs.
///
/// Programs are kept in a cache under the hash of all that they are made of. Two commands may share a cache: each
/// entry appears by rename.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mase {

/// What is built for one kind of linear.
struct BenchKind {
  std::string name;
  int64_t memoryWidth = 0, memoryDepth = 0; // bits and words of the weight memory
};

/// Builds what the cache lacks, as many kinds at once as there are threads.
/// folder  as emitDesign wrote it
/// kinds   from its manifest, each once
/// Returns the program of each kind.
/// Errors  InputError when `verilator` or the compiler ($CXX, else g++) is missing or fails; the text holds its output.
std::map<std::string, std::filesystem::path> buildKinds(const std::filesystem::path &folder,
                                                        const std::vector<BenchKind> &kinds,
                                                        const std::filesystem::path &cache);

} // namespace mase
