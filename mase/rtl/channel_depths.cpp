// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/channel_depths.h"

#include <cctype>
#include <map>
#include <string>

namespace mase {
namespace {

std::vector<int64_t> depthsOf(const Netlist &netlist) {
  std::vector<int64_t> depths;
  for (const NetChannel &channel : netlist.channels)
    depths.push_back(channel.depth);
  return depths;
}

/// The outputs that several channels read: each of these needs a FIFO.
std::vector<bool> forks(const Netlist &netlist) {
  std::map<std::pair<int, size_t>, int> readers;
  for (const NetChannel &channel : netlist.channels)
    ++readers[{channel.from, channel.output}];
  std::vector<bool> result;
  for (const NetChannel &channel : netlist.channels)
    result.push_back(readers[{channel.from, channel.output}] > 1);
  return result;
}

/// The least of the depths from `least` to `most` for which `enough` holds; it holds for `most`, and for all above one
/// that it holds for. A depth of 1 is none.
template <typename Enough>
int64_t leastDepth(int64_t least, int64_t most, const Enough &enough) {
  if (least == 0 && enough(0))
    return 0;
  int64_t low = leastFifo;
  if (low < most && enough(low)) // as a rule
    return low;
  while (low < most) {
    const int64_t middle = low + (most - low) / 2;
    if (enough(middle))
      most = middle;
    else
      low = middle + 1;
  }
  return most;
}

} // namespace

DepthWorkload depthWorkload(const Netlist &netlist, int64_t context) {
  DepthWorkload workload;
  workload.position = context - 1;
  // Rows inside at the same time: so many follow the first until it comes out.
  std::vector<int64_t> depths = depthsOf(netlist);
  DataflowSimulation alone(netlist, depths);
  alone.feed(workload.position, true);
  int64_t interval = 1, latency = alone.runUntil(1) ? alone.cycle() : 1;
  for (const NetInstance &instance : netlist.instances)
    interval = std::max(interval, rowTicks(instance.module.timing, 0));
  const int64_t rows = std::min(context, latency / interval + 12);
  for (int64_t first : {context - rows, int64_t{0}})
    for (int64_t row = 0; row < rows; ++row)
      workload.prompt.push_back({first + row, row + 1 == rows});
  return workload;
}

DepthCycles depthCycles(const Netlist &netlist, const DepthWorkload &workload, const std::vector<int64_t> &depths,
                        const DepthCycles *limit) {
  DepthCycles result;
  DataflowSimulation prompt(netlist, depths), alone(netlist, depths);
  alone.feed(workload.position, true);
  int64_t wanted = 0;
  for (const DataflowRow &row : workload.prompt) {
    prompt.feed(row.position, row.wanted);
    wanted += row.wanted ? 1 : 0;
  }
  const auto run = [&](DataflowSimulation &simulation, int64_t results) {
    for (int64_t r = 0; r < results; ++r) {
      const size_t next = result.results.size();
      if (!simulation.runUntil(r + 1, limit ? limit->results[next] + 1 : dataflowNever))
        return false;
      result.results.push_back(simulation.results().back());
    }
    return true;
  };
  if (run(alone, 1))
    run(prompt, wanted);
  for (int64_t c = 0; c < std::ssize(depths); ++c)
    result.mostFill.push_back(std::max(prompt.mostFill(c), alone.mostFill(c)));
  return result;
}

namespace {

/// Whether a workload takes no longer than with other depths.
bool keepsUp(const Netlist &netlist, const DepthWorkload &workload, const std::vector<int64_t> &depths,
             const DepthCycles &limit) {
  return depthCycles(netlist, workload, depths, &limit).results.size() == limit.results.size();
}

/// A FIFO that was never full may as well end there.
void trim(std::vector<int64_t> &depths, const DepthCycles &cycles) {
  for (size_t c = 0; c < depths.size(); ++c)
    if (depths[c] > 0)
      depths[c] = std::min(depths[c], std::max(leastFifo, cycles.mostFill[c] + 1));
}

/// Channels of a group get one depth: those that hold rows beside the same operator of each layer; those of words of
/// control; those of a few beats, which as a rule need none.
std::string groupOf(const Netlist &netlist, const NetChannel &channel) {
  const HardwarePort &port = netlist.instances[static_cast<size_t>(channel.from)].module.results[channel.output];
  if (port.features == 1)
    return "words";
  if (channel.depth < 2 * port.features / port.tile)
    return "beats";
  std::string name = "rows "; // without the layer's number
  for (char c : netlist.instances[static_cast<size_t>(channel.to)].name)
    if (!std::isdigit(static_cast<unsigned char>(c)))
      name += c;
  return name;
}

} // namespace

void reduceDepths(Netlist &netlist, int64_t context) {
  const DepthWorkload workload = depthWorkload(netlist, context);
  const std::vector<bool> fork = forks(netlist);
  std::vector<int64_t> depths = depthsOf(netlist);
  const DepthCycles generous = depthCycles(netlist, workload, depths);
  trim(depths, generous);
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t c = 0; c < depths.size(); ++c)
    if (depths[c] > leastFifo)
      groups[groupOf(netlist, netlist.channels[c])].push_back(c);
  for (const auto &[name, channels] : groups) {
    int64_t most = 0, least = 0;
    for (size_t c : channels) {
      most = std::max(most, depths[c]);
      least = std::max(least, fork[c] ? leastFifo : 0);
    }
    std::vector<int64_t> tried = depths;
    const auto cut = [&](int64_t depth) {
      for (size_t c : channels)
        tried[c] = std::min(depths[c], depth);
    };
    cut(leastDepth(least, most, [&](int64_t depth) {
      cut(depth);
      return keepsUp(netlist, workload, tried, generous);
    }));
    depths = tried;
  }
  const DepthCycles least = depthCycles(netlist, workload, depths);
  for (size_t c = 0; c < depths.size(); ++c) // never full with a beat more than it ever holds
    netlist.channels[c].depth =
        depths[c] == 0 ? 0 : std::min(netlist.channels[c].depth, std::max(leastFifo, least.mostFill[c] + 1));
}

LeastDepths leastDepths(const Netlist &netlist, int64_t context, size_t channel, int64_t generous) {
  const DepthWorkload workload = depthWorkload(netlist, context);
  std::vector<int64_t> depths = depthsOf(netlist);
  const auto with = [&](int64_t depth) {
    depths[channel] = depth;
    return depths;
  };
  const DepthCycles best = depthCycles(netlist, workload, with(generous));
  const int64_t least = forks(netlist)[channel] ? leastFifo : 0;
  LeastDepths result;
  result.fast =
      leastDepth(least, generous, [&](int64_t depth) { return keepsUp(netlist, workload, with(depth), best); });
  result.alive = leastDepth(least, result.fast, [&](int64_t depth) {
    return depthCycles(netlist, workload, with(depth)).results.size() == best.results.size();
  });
  return result;
}

} // namespace mase
