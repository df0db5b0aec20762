// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/channel_depths.h"

#include <map>
#include <tuple>

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
template <typename Enough> int64_t leastDepth(int64_t least, int64_t most, const Enough &enough) {
  if (least == 0 && enough(0))
    return 0;
  int64_t low = leastFifo;
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
  // Rows that can be inside at the same time, along the longest path.
  std::vector<int64_t> ahead(netlist.instances.size());
  int64_t inside = 0;
  for (const NetChannel &channel : netlist.channels) { // in the order of execution
    const auto from = static_cast<size_t>(channel.from), to = static_cast<size_t>(channel.to);
    ahead[to] = std::max(ahead[to], ahead[from] + netlist.instances[from].module.rowsInside);
    inside = std::max(inside, ahead[to]);
  }
  const int64_t rows = std::min(context, inside + 8);
  DepthWorkload workload;
  for (int64_t position = context - rows; position < context; ++position)
    workload.prompt.push_back({position, position + 1 == context});
  for (int64_t position = 0; position < std::min<int64_t>(context, 6); ++position)
    workload.prompt.push_back({position, true});
  workload.position = context - 1;
  return workload;
}

DepthCycles depthCycles(const Netlist &netlist, const DepthWorkload &workload, const std::vector<int64_t> &depths) {
  DepthCycles result;
  DataflowSimulation prompt(netlist, depths), alone(netlist, depths);
  int64_t wanted = 0;
  for (const DataflowRow &row : workload.prompt) {
    prompt.feed(row.position, row.wanted);
    wanted += row.wanted ? 1 : 0;
  }
  alone.feed(workload.position, true);
  result.prompt = prompt.runUntil(wanted) ? prompt.cycle() : dataflowNever;
  result.alone = alone.runUntil(1) ? alone.cycle() : dataflowNever;
  for (size_t c = 0; c < depths.size(); ++c)
    result.mostFill.push_back(
        std::max(prompt.mostFill(static_cast<int64_t>(c)), alone.mostFill(static_cast<int64_t>(c))));
  return result;
}

DepthCycles reduceDepths(Netlist &netlist, int64_t context) {
  const DepthWorkload workload = depthWorkload(netlist, context);
  const std::vector<bool> fork = forks(netlist);
  std::vector<int64_t> depths = depthsOf(netlist);
  const DepthCycles generous = depthCycles(netlist, workload, depths);
  const auto trim = [&](const DepthCycles &cycles) { // a FIFO that was never full may as well end there
    for (size_t c = 0; c < depths.size(); ++c)
      if (depths[c] > 0)
        depths[c] = std::min(depths[c], std::max(leastFifo, cycles.mostFill[c] + 1));
  };
  trim(generous);
  std::map<std::tuple<std::string, size_t, std::string, size_t>, std::vector<size_t>> groups;
  for (size_t c = 0; c < depths.size(); ++c)
    if (const NetChannel &channel = netlist.channels[c]; depths[c] > leastFifo)
      groups[{netlist.instances[static_cast<size_t>(channel.from)].module.kind, channel.output,
              netlist.instances[static_cast<size_t>(channel.to)].module.kind, channel.input}]
          .push_back(c);
  for (const auto &[kinds, channels] : groups) {
    int64_t most = 0, least = leastFifo;
    for (size_t c : channels) {
      most = std::max(most, depths[c]);
      least = fork[c] ? least : 0;
    }
    std::vector<int64_t> tried = depths;
    const auto cut = [&](int64_t depth) {
      for (size_t c : channels)
        tried[c] = std::min(depths[c], depth);
    };
    cut(leastDepth(least, most, [&](int64_t depth) {
      cut(depth);
      return depthCycles(netlist, workload, tried) <= generous;
    }));
    depths = tried;
  }
  trim(depthCycles(netlist, workload, depths));
  for (size_t c = 0; c < depths.size(); ++c)
    if (depths[c] > 0)
      netlist.channels[c].depth = std::min(netlist.channels[c].depth, depths[c] + 1); // a margin
    else
      netlist.channels[c].depth = 0;
  return generous;
}

LeastDepths leastDepths(const Netlist &netlist, int64_t context, size_t channel, int64_t generous) {
  const DepthWorkload workload = depthWorkload(netlist, context);
  std::vector<int64_t> depths = depthsOf(netlist);
  const auto cycles = [&](int64_t depth) {
    depths[channel] = depth;
    return depthCycles(netlist, workload, depths);
  };
  const DepthCycles best = cycles(generous);
  const int64_t least = forks(netlist)[channel] ? leastFifo : 0;
  LeastDepths result;
  result.fast = leastDepth(least, generous, [&](int64_t depth) { return cycles(depth) <= best; });
  result.alive = leastDepth(least, result.fast, [&](int64_t depth) {
    const DepthCycles got = cycles(depth);
    return got.prompt != dataflowNever && got.alone != dataflowNever;
  });
  return result;
}

} // namespace mase
