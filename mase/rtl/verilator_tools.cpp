// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/verilator_tools.h"

#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cstdlib>

namespace fs = std::filesystem;

namespace mase {

void ContentHash::add(const std::string &text) {
  for (char c : text + '\0')
    state_ = (state_ ^ static_cast<unsigned char>(c)) * prime;
}

std::string ContentHash::text() const {
  return fmt::format("{:016x}{:016x}", static_cast<uint64_t>(state_ >> 64), static_cast<uint64_t>(state_));
}

std::string runTool(const std::vector<std::string> &arguments) {
  ProcessResult result = runProcess(arguments);
  if (result.status == 127)
    fail("{}: program not found (it is needed in PATH to simulate)", arguments[0]);
  if (result.status != 0)
    fail("{}: failed with status {}: {}", arguments[0], result.status, result.output);
  return result.output;
}

VerilatorTools::VerilatorTools() {
  if (const char *name = std::getenv("CXX"); name && *name)
    compiler = name;
  versions = runTool({"verilator", "--version"});
  versions += runTool({compiler, "--version"});
  std::string root = runTool({"verilator", "--getenv", "VERILATOR_ROOT"});
  include = root.substr(0, root.find('\n')) + "/include";
  // Bits do not depend on these, but building is most of the time: -O1 compiles twice as fast as -O2.
  compile = {compiler,          "-std=c++17", "-O1",          "-fPIC",
             "-fno-gnu-unique", "-w",         "-I" + include, "-I" + include + "/vltstd"};
  verilate = {"verilator", "--cc", "-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "-Wno-fatal"};
}

std::vector<std::string> VerilatorTools::compileWith(std::initializer_list<std::string> more) const {
  std::vector<std::string> arguments = compile;
  arguments.insert(arguments.end(), more);
  return arguments;
}

void makeEntry(const fs::path &entry, const std::function<void(const fs::path &)> &fill) {
  if (fs::exists(entry))
    return;
  OutputDirectory out(entry);
  fill(out.staging());
  out.commit();
}

fs::path verilatorRuntime(const VerilatorTools &tools, const fs::path &cache) {
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

fs::path defaultVerilatorCache() {
  const char *cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache)
    return fs::path(cache) / "mase/verilator";
  const char *home = std::getenv("HOME");
  return fs::path(home && *home ? home : "/tmp") / ".cache/mase/verilator";
}

} // namespace mase
