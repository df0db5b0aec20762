// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/hardware/gate_netlist.h"

#include "mase/hardware/yosys_run.h"
#include "mase/support/error.h"
#include "mase/support/mapped_file.h"
#include "mase/support/output.h"

#include <nlohmann/json.hpp>

namespace fs = std::filesystem;

namespace mase {
namespace {

using Json = nlohmann::json;

/// Nets in the order in which they are met.
class Nets {
public:
  int of(const Json &bit) {
    if (bit.is_string()) // "0", "1", "x"
      return bit.get<std::string>() == "1" ? 1 : 0;
    return known_.try_emplace(bit.get<int64_t>(), static_cast<int>(known_.size()) + 2).first->second;
  }
  int count() const { return static_cast<int>(known_.size()) + 2; }

private:
  std::map<int64_t, int> known_;
};

GateNetlist netlistOf(const Json &module) {
  GateNetlist netlist;
  Nets nets;
  for (const Json &bit : module.at("ports").at("data_i").at("bits"))
    netlist.inputs.push_back(nets.of(bit));
  for (const Json &bit : module.at("ports").at("data_o").at("bits"))
    netlist.outputs.push_back(nets.of(bit));
  for (const auto &[name, cell] : module.at("cells").items()) {
    GateNetlist::Gate &gate = netlist.gates.emplace_back();
    gate.cell = cell.at("type");
    for (const auto &[pin, bits] : cell.at("connections").items())
      gate.pins.emplace_back(pin, nets.of(bits.at(0)));
  }
  netlist.nets = nets.count();
  return netlist;
}

} // namespace

GateNetlist mapToCells(const std::string &top, const std::string &text, const std::vector<fs::path> &sources,
                       const fs::path &liberty, const fs::path &cache, const std::string &yosys) {
  std::string content = requiredYosysVersion(yosys) + text + readTextFile(liberty), read = "read_verilog -defer -sv";
  for (const fs::path &file : sources) {
    read += " \"" + fs::absolute(file).string() + "\"";
    content += readTextFile(file) + '\0';
  }
  const std::string cells = "\"" + fs::absolute(liberty).string() + "\"";
  const std::string script =
      fmt::format("hierarchy -check -top {0}\nsynth -flatten -top {0}\ndfflibmap -liberty {1}\nabc -liberty {1}\n"
                  "opt_clean -purge\nwrite_json netlist.json\n",
                  top, cells);
  content += script;
  const fs::path entry = yosysCacheEntry(cache, content);
  Json netlist = fs::exists(entry) ? Json::parse(readTextFile(entry), nullptr, false) : Json();
  if (!netlist.is_object()) {
    fs::path own = entry;
    own += ".top.sv";
    writeFile(own, text);
    const std::string written =
        runYosys(yosys, entry, top, read + " \"" + fs::absolute(own).string() + "\"\n" + script, "netlist.json");
    std::error_code ignored;
    fs::remove(own, ignored);
    Json all = Json::parse(written, nullptr, false);
    if (!all.is_object() || !all.contains("modules") || !all["modules"].contains(top))
      fail("{}: Yosys fails: {}", top, "it wrote no netlist");
    netlist = {{"ports", all["modules"][top]["ports"]}, {"cells", Json::object()}};
    for (const auto &[name, cell] : all["modules"][top]["cells"].items())
      netlist["cells"][name] = {{"type", cell["type"]}, {"connections", cell["connections"]}};
    writeFile(entry, netlist.dump());
  }
  return netlistOf(netlist);
}

} // namespace mase
