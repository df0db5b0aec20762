// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/netlist_layers.h"

#include <algorithm>
#include <cctype>

namespace mase {

std::string layerOf(const std::string &name) {
  std::string mark = "layers.";
  size_t at = name.find(mark);
  if (at == std::string::npos)
    at = name.find(mark = "layer.");
  if (at == std::string::npos)
    return "";
  size_t end = at + mark.size();
  while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end])))
    ++end;
  return end > at + mark.size() && end < name.size() && name[end] == '.' ? name.substr(0, end) : "";
}

std::vector<std::string> layersOf(const Netlist &netlist) {
  std::vector<std::string> layers;
  for (const NetInstance &instance : netlist.instances) {
    const std::string layer = layerOf(instance.name);
    if (!layer.empty() && std::find(layers.begin(), layers.end(), layer) == layers.end())
      layers.push_back(layer);
  }
  return layers;
}

} // namespace mase
