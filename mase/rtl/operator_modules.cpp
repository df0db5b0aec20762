// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/operator_modules.h"

#include "mase/rtl/process.h"
#include "mase/support/error.h"
#include "mase/support/output.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace fs = std::filesystem;

namespace mase {
namespace {

std::string runTool(const std::vector<std::string> &arguments) {
  const ProcessResult result = runProcess(arguments);
  if (result.status != 0)
    fail("{}: failed with status {}: {}", arguments[0], result.status, result.output);
  return result.output;
}

struct Top {
  std::string ports, body, header;

  /// One stream of instance `c`: its word holds data and scales, lowest first.
  void stream(const ModuleStream &s, const std::string &c, const std::string &folderFile, bool isInput,
              std::string &connections, std::string &streams) {
    const int64_t width = s.dataBits + s.scaleBits;
    const char *in = isInput ? "input" : "output", *out = isInput ? "output" : "input";
    const std::string word = c + "_" + s.port;
    ports += fmt::format(",\n  {} logic [{}:0] {}, {} logic {}_valid, {} logic {}_ready", in, width - 1, word, in, word,
                         out, word);
    const char *suffix = isInput ? "i" : "o", *other = isInput ? "o" : "i";
    connections += fmt::format(",\n    .{0}_data_{1}({2}[{3}:0]), .{0}_valid_{1}({2}_valid), .{0}_ready_{4}({2}_ready)",
                               s.port, suffix, word, s.dataBits - 1, other);
    if (s.scaleBits > 0)
      connections += fmt::format(", .{}_scale_{}({}[{}:{}])", s.port, suffix, word, width - 1, s.dataBits);
    streams += fmt::format("stream(\"{1}\", top.{0}, top.{0}_valid, top.{0}_ready)", word, folderFile);
  }

  void add(const ModuleCase &one, const std::string &c) {
    std::string parameters, connections, inputs, output, others;
    for (const auto &[name, value] : one.parameters)
      parameters += fmt::format("{}.{}({})", parameters.empty() ? "" : ", ", name, value);
    for (const ModuleStream &s : one.inputs) {
      inputs += inputs.empty() ? "" : ", ";
      stream(s, c, c + "_" + s.port + ".hex", true, connections, inputs);
    }
    stream(one.output, c, c + "_" + one.output.port + ".hex", false, connections, output);
    for (const ModuleStream &s : one.others) {
      others += others.empty() ? "" : ", ";
      stream(s, c, c + "_" + s.port + ".hex", false, connections, others);
    }
    for (const auto &[name, value] : one.constants)
      connections += fmt::format(",\n    .{}({})", name, value);
    body += fmt::format("  {} #({}) u_{} (\n    .clk_i(clk_i), .rst_i(rst_i){});\n", one.module, parameters, c,
                        connections);
    header += fmt::format("  modules.push_back({{\"{}\", {{{}}}, {}, {}, {{{}}}}});\n", one.name, inputs, output,
                          one.outputBeatsPerRow, others);
  }

  std::string text() const {
    return fmt::format("module top (\n  input logic clk_i, input logic rst_i{});\n{}endmodule\n", ports, body);
  }
};

std::vector<fs::path> sourcesIn(const fs::path &folder) {
  std::vector<fs::path> files;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".cpp")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace

ModuleStream edgeStream(const std::string &port, const Format &format, const BlockIntegers &rows, int64_t tile) {
  return {port, edgeDataBits(format, tile), edgeScaleBits(format, tile), edgeBeats(format, rows, tile)};
}

ModuleStream numberStream(const std::string &port, const std::vector<int64_t> &numbers, int64_t perBeat, int64_t bits,
                          int64_t scaleBits) {
  ModuleStream stream = {port, perBeat * bits, scaleBits, {}};
  for (size_t first = 0; first < numbers.size(); first += static_cast<size_t>(perBeat)) {
    HexWord beat(perBeat * bits + scaleBits);
    for (size_t i = first; i < first + static_cast<size_t>(perBeat); ++i)
      beat.append(static_cast<uint64_t>(numbers[i]), bits);
    stream.beats.push_back(beat.hexadecimal());
  }
  return stream;
}

std::string topOf(const std::vector<ModuleCase> &cases) {
  Top top;
  for (size_t i = 0; i < cases.size(); ++i)
    top.add(cases[i], fmt::format("c{}", i));
  return top.text();
}

namespace {

/// Building is most of the time: without optimisation it takes a third of what it takes with the first level.
std::vector<std::string> compiler() {
  const std::string root = runTool({"verilator", "--getenv", "VERILATOR_ROOT"});
  const std::string include = root.substr(0, root.find('\n')) + "/include";
  const char *name = std::getenv("CXX");
  return {name && *name ? name : "g++", "-std=c++17", "-O0", "-w", "-I" + include, "-I" + include + "/vltstd"};
}

std::string includeOf(const std::vector<std::string> &compile) { return compile[4].substr(2); }

/// Writes and verilates a group; compiles all of it but Verilator's own code.
void buildGroup(const ModuleGroup &group, const fs::path &folder, std::vector<std::string> compile) {
  Top top;
  for (size_t i = 0; i < group.cases.size(); ++i) {
    const std::string c = fmt::format("c{}", i);
    const ModuleCase &one = group.cases[i];
    top.add(one, c);
    auto write = [&](const ModuleStream &s) {
      writeFile(folder / (c + "_" + s.port + ".hex"), fmt::format("{}\n", fmt::join(s.beats, "\n")));
    };
    for (const ModuleStream &s : one.inputs)
      write(s);
    for (const ModuleStream &s : one.others)
      write(s);
    write(one.output);
  }
  writeFile(folder / "top.sv", top.text());
  writeFile(folder / "modules.h", "namespace {\nvoid addModules(Vtop &top, std::vector<Module> &modules) {\n" +
                                      top.header + "}\n} // namespace\n");
  std::vector<std::string> verilate = {"verilator",      "--cc",         "-O3",        "--x-assign",     "fast",
                                       "--x-initial",    "fast",         "--noassert", "-Wno-fatal",     "--Mdir",
                                       folder / "model", "--top-module", "top",        folder / "top.sv"};
  verilate.insert(verilate.end(), group.library.begin(), group.library.end());
  runTool(verilate);
  std::string unit = "#include \"" MASE_SOURCE_DIR "/mase/rtl/bench/operator_bench.cpp\"\n";
  for (const fs::path &file : sourcesIn(folder / "model"))
    unit += fmt::format("#include \"{}\"\n", file.string());
  writeFile(folder / "all.cpp", unit);
  compile.insert(compile.end(), {"-I" + folder.string(), "-I" + (folder / "model").string(), "-c", "-o",
                                 folder / "all.o", folder / "all.cpp"});
  runTool(compile);
}

std::map<std::string, ModuleResult> runGroup(const fs::path &folder) {
  std::istringstream output(runTool({folder / "bench", folder, "1"}));
  std::map<std::string, ModuleResult> results;
  for (std::string line; std::getline(output, line);) {
    const size_t colon = line.rfind(": ");
    if (colon == std::string::npos)
      continue;
    ModuleResult &r = results[line.substr(0, colon)];
    std::istringstream(line.substr(colon + 1)) >> r.stalledMismatches >> r.mismatches >> r.cycles >> r.interval;
  }
  return results;
}

} // namespace

std::vector<std::map<std::string, ModuleResult>> simulateModules(const std::vector<ModuleGroup> &groups,
                                                                 const fs::path &folder) {
  const std::vector<std::string> compile = compiler();
  std::string runtime;
  for (const char *file : {"verilated", "verilated_threads"})
    runtime += fmt::format("#include \"{}/{}.cpp\"\n", includeOf(compile), file);
  writeFile(folder / "runtime.cpp", runtime);
  const auto count = static_cast<int64_t>(groups.size());
  auto folderOf = [&](int64_t i) { return folder / groups[static_cast<size_t>(i)].name; };
  parallelFor(count + 1, [&](int64_t i) {
    if (i < count) {
      buildGroup(groups[static_cast<size_t>(i)], folderOf(i), compile);
      return;
    }
    std::vector<std::string> command = compile;
    command.insert(command.end(), {"-c", "-o", folder / "runtime.o", folder / "runtime.cpp"});
    runTool(command);
  });
  std::vector<std::map<std::string, ModuleResult>> results(groups.size());
  parallelFor(count, [&](int64_t i) {
    runTool({compile[0], "-o", folderOf(i) / "bench", folderOf(i) / "all.o", folder / "runtime.o", "-pthread"});
    results[static_cast<size_t>(i)] = runGroup(folderOf(i));
  });
  return results;
}

} // namespace mase
