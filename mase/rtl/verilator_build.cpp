// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/verilator_build.h"

#include "mase/rtl/verilator_tools.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"
#include "mase/support/progress.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

namespace fs = std::filesystem;

namespace mase {
namespace {

void buildBench(const VerilatorTools &tools, const fs::path &runtime, const fs::path &folder, const BenchKind &kind,
                const std::vector<fs::path> &library, const fs::path &to) {
  const auto verilate = [&](const std::vector<std::string> &what) {
    std::vector<std::string> command = tools.verilate;
    command.insert(command.end(), {"--Mdir", to / "model"});
    command.insert(command.end(), what.begin(), what.end());
    runTool(command);
  };
  std::vector<std::string> linear = {"--prefix", "Vlinear", "--top-module", kind.name};
  linear.insert(linear.end(), library.begin(), library.end());
  linear.push_back(folder / "kinds" / (kind.name + ".sv"));
  verilate(linear);
  verilate({"--prefix", "Vmemory", "--top-module", "mase_weight_memory", fmt::format("-GWidth={}", kind.memoryWidth),
            fmt::format("-GDepth={}", kind.memoryDepth), "-GFile=\"/dev/stdin\"", folder / "sv/mase_weight_memory.sv"});
  // One translation unit a kind: the generated files are many, small, and include the same headers.
  std::string unit = fmt::format("#include \"kinds/{}.h\"\n#include \"bench/linear_bench.cpp\"\n", kind.name);
  for (const fs::path &file : filesOf(to / "model", ".cpp"))
    unit += fmt::format("#include \"{}\"\n", file.filename().string());
  writeFile(to / "all.cpp", unit);
  runTool(tools.compileWith({"-include", runtime / "shared.h", "-I" + folder.string(), "-I" + (to / "model").string(),
                             "-o", to / "bench", to / "all.cpp", runtime / "verilated.o",
                             runtime / "verilated_threads.o", "-pthread"}));
  fs::remove_all(to / "model");
}

} // namespace

std::map<std::string, fs::path> buildKinds(const fs::path &folder, const std::vector<BenchKind> &kinds,
                                           const fs::path &cache) {
  const VerilatorTools tools;
  std::vector<fs::path> library;
  for (const fs::path &file : filesOf(folder / "sv", ".sv"))
    if (file.filename() != "mase_weight_memory.sv") // a model of its own
      library.push_back(file);
  ContentHash shared;
  shared.add(tools.versions);
  for (const std::string &argument : tools.compileWith({}))
    shared.add(argument);
  for (const std::string &argument : tools.verilate)
    shared.add(argument);
  for (const fs::path &file : library)
    shared.add(readTextFile(file));
  shared.add(readTextFile(folder / "sv/mase_weight_memory.sv"));
  shared.add(readTextFile(folder / "bench/linear_bench.cpp"));

  std::map<std::string, fs::path> entries;
  std::vector<std::pair<BenchKind, fs::path>> work;
  for (const BenchKind &kind : kinds) {
    ContentHash hash = shared;
    hash.add(readTextFile(folder / "kinds" / (kind.name + ".sv")));
    hash.add(readTextFile(folder / "kinds" / (kind.name + ".h")));
    fs::path entry = cache / (kind.name + "-" + hash.text());
    entries[kind.name] = entry / "bench";
    if (!fs::exists(entry))
      work.emplace_back(kind, entry);
  }
  if (work.empty())
    return entries;
  fs::path runtime = verilatorRuntime(tools, cache);
  ProgressBar progress("building", static_cast<int64_t>(work.size()));
  std::atomic<int64_t> done = 0;
  parallelFor(static_cast<int64_t>(work.size()), [&](int64_t i) {
    const auto &[kind, entry] = work[static_cast<size_t>(i)];
    makeEntry(entry, [&, &kind = kind](const fs::path &to) { buildBench(tools, runtime, folder, kind, library, to); });
    progress.update(++done, kind.name);
  });
  return entries;
}

} // namespace mase
