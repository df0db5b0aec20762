// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/synthesize.h"

#include "mase/ops/linear/hardware.h"
#include "mase/support/data_files.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

namespace fs = std::filesystem;

namespace mase {
namespace {

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

} // namespace

std::vector<fs::path> librarySources() { return {dataFile("mase/formats/element"), dataFile("mase/ops/linear")}; }

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

namespace {

struct Sources {
  std::string read, content; // Yosys's commands, and all that they read
};

Sources readSources(const SynthesisOptions &options, const fs::path &more = {}) {
  std::vector<fs::path> files = sourceFiles(options), boxes;
  if (!more.empty())
    files.push_back(more);
  auto isBox = [&](const fs::path &file) {
    return std::find(options.boxes.begin(), options.boxes.end(), file.filename()) != options.boxes.end();
  };
  std::copy_if(files.begin(), files.end(), std::back_inserter(boxes), isBox);
  files.erase(std::remove_if(files.begin(), files.end(), isBox), files.end());
  Sources result;
  for (const fs::path &file : boxes) { // the ports alone: what fills a table is not read
    const std::string text = readTextFile(file), head = text.substr(0, text.find("\n);") + 4);
    result.read += "read_verilog -sv -DSYNTHESIS -lib <<BOX\n" + head + "\nendmodule\nBOX\n";
    result.content += text + '\0';
  }
  // Deferred: a module that the design does not use, such as the weight memory with its file, is not elaborated.
  result.read += "read_verilog -defer -sv -DSYNTHESIS";
  for (const fs::path &file : files) {
    result.read += " \"" + fs::absolute(file).string() + "\""; // Yosys runs in a folder of its own
    result.content += readTextFile(file) + '\0';
  }
  result.read += '\n';
  return result;
}

/// The number behind "length=" of what `ltp` prints; 0 where there is no path.
int64_t levelsOf(const std::string &printed) {
  const size_t at = printed.rfind("(length=");
  return at == std::string::npos ? 0 : std::max<int64_t>(0, std::atoll(printed.c_str() + at + 8));
}

/// Runs the script behind `sources`, or finds what it gave before.
SynthesisResult synthesized(const std::string &top, const Sources &sources, std::string script,
                            const SynthesisOptions &options, bool wantsLevels) {
  const fs::path entry = yosysCacheEntry(options.cache, requiredYosysVersion(options.yosys) + sources.content + script);
  SynthesisResult result;
  nlohmann::json kept;
  if (fs::exists(entry))
    kept = nlohmann::json::parse(readTextFile(entry), nullptr, false);
  if (kept.is_object() && kept.contains("seconds") && kept.contains("cells")) {
    result.cached = true;
  } else {
    const auto start = std::chrono::steady_clock::now();
    script = sources.read + script + "tee -q -o result stat -json\n";
    // A table's box stays one; what a flip-flop, a memory or a multiplier starts or ends is no path through it.
    if (wantsLevels)
      script += "flatten\ntee -q -a result ltp -noff * t:FD* %d t:RAM* %d t:URAM* %d t:DSP* %d t:mase_* %d\n";
    const std::string printed = runYosys(options.yosys, entry, top, script, "result");
    const std::vector<std::pair<std::string, int64_t>> cells = cellsOf(printed);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    if (cells.empty())
      fail("{}: Yosys fails: {}", top, "no cells were counted");
    kept = {{"seconds", seconds.count()}, {"cells", nlohmann::json::object()}};
    for (const auto &[type, count] : cells)
      kept["cells"][type] = count;
    if (wantsLevels)
      kept["levels"] = levelsOf(printed);
    writeFile(entry, kept.dump());
  }
  std::vector<std::pair<std::string, int64_t>> cells;
  for (const auto &[type, count] : kept["cells"].items()) {
    const bool isBox = std::any_of(options.boxes.begin(), options.boxes.end(), [&type](const std::string &file) {
      return type.find(fs::path(file).stem().string()) != std::string::npos;
    });
    if (!isBox)
      cells.emplace_back(type, count.get<int64_t>());
  }
  result.area = areaOfCells(cells);
  result.levels = kept.value("levels", int64_t{0});
  result.seconds = kept["seconds"].get<double>();
  return result;
}

std::string flow(const std::string &top, bool dsp) {
  return fmt::format("\nsynth_xilinx -family xcup -top {}{} -nosrl -nowidelut -noiopad -noclkbuf\n", top,
                     dsp ? "" : " -nodsp");
}

} // namespace

SynthesisResult synthesizeModule(const std::string &top, const std::vector<std::pair<std::string, int64_t>> &parameters,
                                 const SynthesisOptions &options,
                                 const std::vector<std::pair<std::string, std::string>> &literals, bool dsp) {
  std::string script = "hierarchy -check -top " + top;
  for (const auto &[name, value] : parameters)
    script += fmt::format(" -chparam {} {}", name, value);
  for (const auto &[name, value] : literals)
    script += fmt::format(" -chparam {} {}", name, value);
  return synthesized(top, readSources(options), script + flow(top, dsp), options, false);
}

SynthesisResult synthesizeFile(const std::string &top, const fs::path &file, const SynthesisOptions &options,
                               bool dsp) {
  return synthesized(top, readSources(options, file), "hierarchy -check -top " + top + flow(top, dsp) + "# levels\n",
                     options, true);
}

SynthesisResult synthesizeLinear(const LinearConfig &config, const SynthesisOptions &options) {
  checkLinearHardware(config);
  return synthesizeModule("mase_linear", linearParameters(config), options, linearTables(config),
                          config.multiplier == Multiplier::Dsp);
}

} // namespace mase
