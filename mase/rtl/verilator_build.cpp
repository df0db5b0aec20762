// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/verilator_build.h"

#include "mase/rtl/process.h"
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

/// 128 bits of FNV-1a over everything that is added; good enough to tell our own files apart.
class ContentHash {
public:
  void add(const std::string &text) {
    for (char c : text + '\0')
      state_ = (state_ ^ static_cast<unsigned char>(c)) * prime;
  }
  std::string text() const {
    return fmt::format("{:016x}{:016x}", static_cast<uint64_t>(state_ >> 64), static_cast<uint64_t>(state_));
  }

private:
  static constexpr unsigned __int128 prime = (static_cast<unsigned __int128>(1) << 88) + 0x13B;
  unsigned __int128 state_ = (static_cast<unsigned __int128>(0x6c62272e07bb0142) << 64) + 0x62b821756295c58d;
};

/// Runs a tool and returns its output.
std::string runTool(const std::vector<std::string> &arguments) {
  ProcessResult result = runProcess(arguments);
  if (result.status == 127)
    fail("{}: program not found (it is needed in PATH to simulate)", arguments[0]);
  if (result.status != 0)
    fail("{}: failed with status {}: {}", arguments[0], result.status, result.output);
  return result.output;
}

struct Tools {
  std::string compiler = "g++", include, versions;
  std::vector<std::string> compile, verilate;

  Tools() {
    if (const char *name = std::getenv("CXX"); name && *name)
      compiler = name;
    versions = runTool({"verilator", "--version"});
    versions += runTool({compiler, "--version"});
    std::string root = runTool({"verilator", "--getenv", "VERILATOR_ROOT"});
    include = root.substr(0, root.find('\n')) + "/include";
    // Bits do not depend on these, but building is most of the time: -O1 compiles twice as fast as -O2.
    compile = {compiler, "-std=c++17", "-O1", "-w", "-I" + include, "-I" + include + "/vltstd"};
    verilate = {"verilator", "--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "-Wno-fatal"};
  }
  std::vector<std::string> compileWith(std::initializer_list<std::string> more) const {
    std::vector<std::string> arguments = compile;
    arguments.insert(arguments.end(), more);
    return arguments;
  }
};

/// Fills an entry of the cache under a temporary name unless it is there.
void makeEntry(const fs::path &entry, const std::function<void(const fs::path &)> &fill) {
  if (fs::exists(entry))
    return;
  OutputDirectory out(entry);
  fill(out.staging());
  out.commit();
}

/// The parts that every bench shares: Verilator's own C++ and a precompiled header.
fs::path buildRuntime(const Tools &tools, const fs::path &cache) {
  ContentHash hash;
  hash.add(tools.versions);
  for (const std::string &argument : tools.compile)
    hash.add(argument);
  fs::path entry = cache / ("runtime-" + hash.text());
  makeEntry(entry, [&](const fs::path &folder) {
    writeFile(folder / "shared.h",
              "#include \"verilated.h\"\n#include <fstream>\n#include <memory>\n#include <vector>\n");
    parallelFor(3, [&](int64_t part) {
      if (part < 2) {
        std::string name = part == 0 ? "verilated" : "verilated_threads";
        runTool(tools.compileWith({"-c", "-o", folder / (name + ".o"), tools.include + "/" + name + ".cpp"}));
      } else {
        runTool(tools.compileWith({"-x", "c++-header", "-o", folder / "shared.h.gch", folder / "shared.h"}));
      }
    });
  });
  return entry;
}

std::vector<fs::path> filesOf(const fs::path &folder, const std::string &extension) {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (entry.path().extension() == extension)
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void buildBench(const Tools &tools, const fs::path &runtime, const fs::path &folder, const BenchKind &kind,
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

fs::path defaultVerilatorCache() {
  const char *cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache)
    return fs::path(cache) / "mase/verilator";
  const char *home = std::getenv("HOME");
  return fs::path(home && *home ? home : "/tmp") / ".cache/mase/verilator";
}

std::map<std::string, fs::path> buildKinds(const fs::path &folder, const std::vector<BenchKind> &kinds,
                                           const fs::path &cache) {
  Tools tools;
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
  fs::path runtime = buildRuntime(tools, cache);
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
