// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/fewer_layers.h"

#include "mase/rtl/netlist_layers.h"

#include <map>

namespace mase {

std::optional<Netlist> fewerLayers(const Netlist &netlist, size_t most) {
  const std::vector<std::string> layers = layersOf(netlist);
  if (layers.size() <= most || most < 2)
    return std::nullopt;
  std::map<std::string, size_t> numbers;
  for (size_t l = 0; l < layers.size(); ++l)
    numbers[layers[l]] = l;
  const size_t kept = most - 1, last = layers.size() - 1; // layers from `kept` to `last` - 1 are left out

  Netlist result;
  result.classifies = netlist.classifies;
  result.counters = netlist.counters;
  std::vector<int> at(netlist.instances.size(), -1); // in the result
  std::vector<size_t> layer(netlist.instances.size(), layers.size());
  std::map<std::string, int> byName;
  for (size_t i = 0; i < netlist.instances.size(); ++i) {
    const std::string &name = netlist.instances[i].name;
    if (const std::string of = layerOf(name); !of.empty())
      layer[i] = numbers.at(of);
    byName[name] = static_cast<int>(i);
    if (layer[i] >= kept && layer[i] < last)
      continue;
    at[i] = static_cast<int>(result.instances.size());
    result.instances.push_back(netlist.instances[i]);
    if (int &from = result.instances.back().wordsFrom; from >= 0)
      from = at[static_cast<size_t>(from)]; // in no layer, and in front
  }
  for (const NetChannel &channel : netlist.channels) {
    if (at[static_cast<size_t>(channel.to)] < 0)
      continue;
    int from = at[static_cast<size_t>(channel.from)];
    if (from < 0) { // what the layer in front of the last one gives comes from the last one that stays
      const size_t gone = layer[static_cast<size_t>(channel.from)];
      const std::string name = netlist.instances[static_cast<size_t>(channel.from)].name;
      const auto found = byName.find(layers[kept - 1] + name.substr(layers[gone].size()));
      if (gone + 1 != last || found == byName.end())
        return std::nullopt;
      const HardwareModule &there = netlist.instances[static_cast<size_t>(channel.from)].module,
                           &here = netlist.instances[static_cast<size_t>(found->second)].module;
      if (here.results.size() != there.results.size() ||
          here.results[channel.output].tile != there.results[channel.output].tile)
        return std::nullopt;
      from = at[static_cast<size_t>(found->second)];
    }
    result.channels.push_back(
        {from, channel.output, at[static_cast<size_t>(channel.to)], channel.input, channel.depth});
  }
  return result;
}

} // namespace mase
