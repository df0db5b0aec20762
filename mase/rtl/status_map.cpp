// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/status_map.h"

#include "mase/rtl/linear_files.h"
#include "mase/rtl/netlist_layers.h"

#include <bit>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mase {
namespace {

struct Register {
  int64_t address;
  const char *name, *access, *meaning;
};
constexpr Register registers[] = {
    {0x00, "id", "r", "0x4D415345"},
    {0x04, "version", "r", "bits 15:0 of this map, 23:16 bits of a channel's counter, 31:24 counters of a channel"},
    {0x08, "channels", "r", "how many are counted"},
    {0x0C, "quiet_cycles", "r", "a design that runs moves a beat in so many cycles; 0: not known"},
    {0x10, "state", "r", "bit 0 error_o, 1 busy, 2 a token waits, 3 a result waits, 4 frozen"},
    {0x14, "control", "rw", "bit 0: writing 1 clears all counters; bit 1: they stand still"},
    {0x18, "cycles_low", "r", "since reset or clearing; reading it holds cycles_high"},
    {0x1C, "cycles_high", "r", "bits 63:32 when cycles_low was read"},
    {0x20, "tokens", "r", "taken in"},
    {0x24, "results", "r", "given"},
    {0x28, "quiet", "r", "cycles since a beat moved"},
};

} // namespace

std::vector<StatusChannel> statusChannels(const Netlist &netlist) {
  std::vector<StatusChannel> channels = {{StatusChannel::tokens, "", "s_axis"}, {StatusChannel::results, "", "m_axis"}};
  std::vector<std::string> layers = layersOf(netlist);
  layers.insert(layers.begin(), "");
  for (const std::string &layer : layers)
    for (size_t c = 0; c < netlist.channels.size(); ++c) {
      const NetChannel &channel = netlist.channels[c];
      const NetInstance &from = netlist.instances[static_cast<size_t>(channel.from)],
                        &to = netlist.instances[static_cast<size_t>(channel.to)];
      if (layerOf(from.name) == layer)
        channels.push_back(
            {static_cast<int>(c), layer, fmt::format("{} -> {}.{}", from.name, to.name, to.input(channel.input).name)});
    }
  return channels;
}

std::vector<StreamCounts> streamCounts(const Netlist &netlist, const NetlistSimulation &simulation) {
  std::vector<StreamCounts> counts;
  for (const StatusChannel &channel : statusChannels(netlist))
    counts.push_back(channel.channel == StatusChannel::tokens ? simulation.countsIn()
                     : channel.channel == StatusChannel::results
                         ? simulation.countsOut()
                         : simulation.counts(static_cast<size_t>(channel.channel)));
  return counts;
}

int64_t statusAddressBits(int64_t channels) {
  return std::bit_width(static_cast<uint64_t>(statusAddress(channels, StatusCounter::moved) - 1));
}

std::string statusJson(const Netlist &netlist) {
  using Json = nlohmann::ordered_json;
  const auto hexadecimal = [](int64_t address) { return fmt::format("0x{:X}", address); };
  Json json = {{"mase", "status"}, {"version", 1}, {"terms", noRestriction}};
  for (const Register &entry : registers)
    json["registers"].push_back({{"address", hexadecimal(entry.address)},
                                 {"name", entry.name},
                                 {"access", entry.access},
                                 {"meaning", entry.meaning}});
  json["counters"] = {{"bits", statusCounterBits},
                      {"offsets", {{"moved", 0}, {"stalled", 4}, {"starved", 8}}}}; // of a channel's address
  int64_t number = 0;
  for (const StatusChannel &channel : statusChannels(netlist)) {
    Json entry = {{"address", hexadecimal(statusAddress(number++, StatusCounter::moved))}, {"name", channel.name}};
    if (channel.channel >= 0)
      entry["channel"] = channel.channel; // of netlist.json
    json["channels"].push_back(entry);
  }
  return json.dump(1) + '\n';
}

} // namespace mase
