// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/synthesize.h"

#include "mase/ops/linear/hardware.h"
#include "mase/support/data_files.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"
#include "mase/support/random.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mase {
namespace {

std::string quoted(const std::string &text) {
  std::string result = "'";
  for (char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// Two independent 64-bit walks: 128 bits of name for a content.
std::string contentName(const std::string &content) {
  uint64_t a = 1, b = 2;
  for (unsigned char c : content) {
    a = mix(a ^ c);
    b = mix(b + c);
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

fs::path cacheFolder(const SynthesisOptions &options) {
  if (!options.cache.empty())
    return options.cache;
  if (const char *home = std::getenv("XDG_CACHE_HOME"); home && *home)
    return fs::path(home) / "mase/yosys";
  const char *home = std::getenv("HOME");
  return fs::path(home ? home : ".") / ".cache/mase/yosys";
}

std::vector<fs::path> sourceFiles(const SynthesisOptions &options) {
  std::vector<fs::path> files;
  for (const fs::path &source : options.sources) {
    std::vector<fs::path> here;
    if (fs::is_directory(source)) {
      for (const fs::directory_entry &entry : fs::directory_iterator(source))
        if (entry.path().extension() == ".sv")
          here.push_back(entry.path());
    } else {
      here.push_back(source);
    }
    std::sort(here.begin(), here.end());
    files.insert(files.end(), here.begin(), here.end());
  }
  if (files.empty())
    fail("no SystemVerilog to synthesise (a folder with .sv files would be right)");
  return files;
}

// Of a hierarchy, `stat -json` gives the totals under "design". Yosys before 0.24 prints a table of text between the
// modules and that key, so the object is cut out instead of parsing the whole.
std::vector<std::pair<std::string, int64_t>> cellsOf(const std::string &stat) {
  size_t at = stat.rfind("\"design\":");
  size_t counts = stat.find("\"num_cells_by_type\"", at == std::string::npos ? 0 : at);
  size_t open = stat.find('{', counts), close = stat.find('}', open);
  std::vector<std::pair<std::string, int64_t>> cells;
  if (counts == std::string::npos || open == std::string::npos || close == std::string::npos)
    return cells;
  nlohmann::json object = nlohmann::json::parse(stat.substr(open, close - open + 1), nullptr, false);
  if (object.is_object())
    for (const auto &[type, count] : object.items())
      cells.emplace_back(type, count.get<int64_t>());
  return cells;
}

std::string lastLine(const std::string &text) {
  size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos)
    return "no message";
  size_t begin = text.find_last_of('\n', end);
  begin = begin == std::string::npos ? 0 : begin + 1;
  return text.substr(begin, end + 1 - begin);
}

} // namespace

std::vector<fs::path> librarySources() { return {dataFile("mase/formats/element"), dataFile("mase/ops/linear")}; }

std::string yosysVersion(const std::string &yosys) {
  std::string version;
  FILE *pipe = popen((quoted(yosys) + " -V 2>/dev/null").c_str(), "r");
  if (!pipe)
    return version;
  for (int c = std::fgetc(pipe); c != EOF && c != '\n'; c = std::fgetc(pipe))
    version += static_cast<char>(c);
  int status = pclose(pipe);
  return status == 0 ? version : "";
}

Area areaOfCells(const std::vector<std::pair<std::string, int64_t>> &cells) {
  // LUTs that a primitive occupies; AMD UG974, UltraScale libraries guide.
  static const std::map<std::string, int64_t> luts = {
      {"INV", 1},       {"LUT1", 1},     {"LUT2", 1},     {"LUT3", 1},      {"LUT4", 1},      {"LUT5", 1},
      {"LUT6", 1},      {"LUT6_2", 1},   {"RAM32X1S", 1}, {"RAM64X1S", 1},  {"RAM128X1S", 2}, {"RAM256X1S", 4},
      {"RAM512X1S", 8}, {"RAM32X1D", 2}, {"RAM64X1D", 2}, {"RAM128X1D", 4}, {"RAM256X1D", 8}, {"RAM32M", 4},
      {"RAM64M", 4},    {"RAM32M16", 8}, {"RAM64M8", 8},  {"SRL16E", 1},    {"SRLC32E", 1},   {"CARRY4", 0},
      {"CARRY8", 0},    {"MUXF7", 0},    {"MUXF8", 0},    {"MUXF9", 0},     {"VCC", 0},       {"GND", 0},
      {"IBUF", 0},      {"OBUF", 0},     {"BUFG", 0}};
  Area area;
  int64_t halfBlocks = 0;
  for (const auto &[type, count] : cells) {
    if (auto found = luts.find(type); found != luts.end())
      area.lut += found->second * count;
    else if (type == "FDRE" || type == "FDSE" || type == "FDCE" || type == "FDPE")
      area.ff += count;
    else if (type == "DSP48E2" || type == "DSP48E1")
      area.dsp += count;
    else if (type == "RAMB36E2" || type == "RAMB36E1")
      halfBlocks += 2 * count;
    else if (type == "RAMB18E2" || type == "RAMB18E1")
      halfBlocks += count;
    else if (type == "URAM288")
      area.uram += count;
    else
      fail("Yosys used {} cells of type '{}', which has no count (the table is in synthesize.cpp)", count, type);
  }
  area.bram = (halfBlocks + 1) / 2;
  return area;
}

SynthesisResult synthesizeModule(const std::string &top, const std::vector<std::pair<std::string, int64_t>> &parameters,
                                 const SynthesisOptions &options,
                                 const std::vector<std::pair<std::string, std::string>> &literals, bool dsp) {
  std::vector<fs::path> files = sourceFiles(options);
  std::string version = yosysVersion(options.yosys);
  if (version.empty())
    fail("{}: no such program (Yosys synthesises: install it, or leave this step out)", options.yosys);

  // Deferred: a module that the design does not use, such as the weight memory with its file, is not elaborated.
  std::string read = "read_verilog -defer -sv -DSYNTHESIS", script, content = version;
  for (const fs::path &file : files) {
    read += " \"" + fs::absolute(file).string() + "\""; // Yosys runs in a folder of its own
    content += readTextFile(file) + '\0';
  }
  script = "hierarchy -check -top " + top;
  for (const auto &[name, value] : parameters)
    script += fmt::format(" -chparam {} {}", name, value);
  for (const auto &[name, value] : literals)
    script += fmt::format(" -chparam {} {}", name, value);
  script += fmt::format("\nsynth_xilinx -family xcup -top {}{} -nosrl -nowidelut -noiopad -noclkbuf\n", top,
                        dsp ? "" : " -nodsp");
  content += script;

  fs::path entry = cacheFolder(options) / (contentName(content) + ".json");
  SynthesisResult result;
  nlohmann::json kept;
  if (fs::exists(entry))
    kept = nlohmann::json::parse(readTextFile(entry), nullptr, false);
  if (kept.is_object() && kept.contains("seconds") && kept.contains("cells")) {
    result.cached = true;
  } else {
    fs::path work = entry;
    work += fmt::format(".work-{}", getpid());
    writeFile(work / "run.ys", read + "\n" + script + "tee -q -o stat.json stat -json\n");
    auto start = std::chrono::steady_clock::now();
    std::string command =
        fmt::format("cd {} && {} -q -s run.ys > log.txt 2>&1", quoted(work.string()), quoted(options.yosys));
    int status = std::system(command.c_str());
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::vector<std::pair<std::string, int64_t>> cells;
    if (status == 0 && fs::exists(work / "stat.json"))
      cells = cellsOf(readTextFile(work / "stat.json"));
    std::string log = readTextFile(work / "log.txt");
    std::error_code ignored;
    fs::remove_all(work, ignored);
    if (cells.empty())
      fail("{}: Yosys fails: {}", top, lastLine(log));
    kept = {{"seconds", seconds.count()}, {"cells", nlohmann::json::object()}};
    for (const auto &[type, count] : cells)
      kept["cells"][type] = count;
    writeFile(entry, kept.dump());
  }
  std::vector<std::pair<std::string, int64_t>> cells;
  for (const auto &[type, count] : kept["cells"].items())
    cells.emplace_back(type, count.get<int64_t>());
  result.area = areaOfCells(cells);
  result.seconds = kept["seconds"].get<double>();
  return result;
}

SynthesisResult synthesizeLinear(const LinearConfig &config, const SynthesisOptions &options) {
  checkLinearHardware(config);
  return synthesizeModule("mase_linear", linearParameters(config), options, linearTables(config),
                          config.multiplier == Multiplier::Dsp);
}

} // namespace mase
