// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/channel_depths.h"

#include "mase/rtl/fewer_layers.h"
#include "mase/support/parallel.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
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
/// that it holds for, and is asked by all threads at once. A depth of 1 is none.
template <typename Enough>
int64_t leastDepth(int64_t least, int64_t most, const Enough &enough) {
  int64_t low = least;
  std::vector<int64_t> tried;
  if (least == 0)
    tried.push_back(0);
  if (leastFifo < most) // as a rule it is
    tried.push_back(leastFifo);
  while (true) {
    std::vector<char> holds(tried.size());
    parallelFor(std::ssize(tried),
                [&](int64_t i) { holds[static_cast<size_t>(i)] = enough(tried[static_cast<size_t>(i)]) ? 1 : 0; });
    for (size_t i = 0; i < tried.size(); ++i) {
      if (holds[i]) {
        most = tried[i];
        break;
      }
      low = std::max(leastFifo, tried[i] + 1);
    }
    if (low >= most)
      return most;
    const int64_t parts = std::min<int64_t>(threads(), most - low);
    tried.clear();
    for (int64_t i = 1; i <= parts; ++i)
      tried.push_back(low + (most - low) * i / (parts + 1));
  }
}

} // namespace

DepthWorkload depthWorkload(const Netlist &netlist, int64_t context) {
  DepthWorkload workload;
  const bool whole = std::any_of(netlist.instances.begin(), netlist.instances.end(),
                                 [](const NetInstance &instance) { return instance.module.timing.whole; });
  if (whole) {
    for (int64_t rows : {context, context, int64_t{1}, context})
      for (int64_t row = 0; row < rows; ++row)
        workload.prompt.push_back({row, row + 1 == rows, row + 1 == rows});
    return workload;
  }
  workload.position = context - 1;
  // Rows inside at the same time: so many follow the first until it comes out.
  std::vector<int64_t> depths = depthsOf(netlist);
  DataflowSimulation alone(netlist, depths);
  alone.feed(workload.position, true, true);
  int64_t interval = 1, latency = alone.runUntil(1) ? alone.cycle() : 1;
  for (const NetInstance &instance : netlist.instances)
    interval = std::max(interval, rowTicks(instance.module.timing, 0));
  const int64_t rows = std::min(context, latency / interval + 12);
  for (int64_t first : {context - rows, int64_t{0}})
    for (int64_t row = 0; row < rows; ++row)
      workload.prompt.push_back({first + row, row + 1 == rows, row + 1 == rows});
  return workload;
}

DepthCycles depthCycles(const Netlist &netlist, const DepthWorkload &workload, const std::vector<int64_t> &depths,
                        const DepthCycles *limit) {
  DepthCycles result;
  DataflowSimulation prompt(netlist, depths), alone(netlist, depths);
  alone.feed(workload.position, true, true);
  int64_t wanted = 0;
  for (const DataflowRow &row : workload.prompt) {
    prompt.feed(row.position, row.wanted, row.last);
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

constexpr const char *wordsGroup = "words";

/// Channels of a group get one depth: those that hold rows beside the same operator of each layer; those of words of
/// control; those of a few beats, which as a rule need none.
std::string groupOf(const Netlist &netlist, const NetChannel &channel) {
  const HardwarePort &port = netlist.instances[static_cast<size_t>(channel.from)].module.results[channel.output];
  if (port.features == 1)
    return wordsGroup;
  if (channel.depth < 2 * port.features / port.tile)
    return "beats";
  std::string name = "rows "; // without the layer's number
  for (char c : netlist.instances[static_cast<size_t>(channel.to)].name)
    if (!std::isdigit(static_cast<unsigned char>(c)))
      name += c;
  return name;
}

/// How deep a search looks: groups of a design of many layers are searched on one of a few.
constexpr size_t searchedLayers = 3;

/// A design, its workload, what it takes with generous depths, and the depths so far.
struct Search {
  const Netlist &netlist;
  DepthWorkload workload;
  DepthCycles generous;
  std::vector<int64_t> depths;
  std::vector<bool> fork;

  Search(const Netlist &netlist, int64_t context)
      : netlist(netlist), workload(depthWorkload(netlist, context)),
        generous(depthCycles(netlist, workload, depthsOf(netlist))), depths(depthsOf(netlist)), fork(forks(netlist)) {
    trim(depths, generous);
  }

  std::map<std::string, std::vector<size_t>> groups() const {
    std::map<std::string, std::vector<size_t>> result;
    for (size_t c = 0; c < depths.size(); ++c)
      if (depths[c] > leastFifo)
        result[groupOf(netlist, netlist.channels[c])].push_back(c);
    return result;
  }
  std::vector<int64_t> cut(const std::vector<size_t> &channels, int64_t depth) const {
    std::vector<int64_t> tried = depths;
    for (size_t c : channels)
      tried[c] = std::min(depths[c], fork[c] ? std::max(leastFifo, depth) : depth);
    return tried;
  }
  bool keepsUp(const std::vector<int64_t> &tried) const { return mase::keepsUp(netlist, workload, tried, generous); }
  /// Takes the least depth of a group that keeps up, and returns it.
  int64_t reduce(const std::vector<size_t> &channels) {
    int64_t most = 0, least = 0;
    for (size_t c : channels) {
      most = std::max(most, depths[c]);
      least = std::max(least, fork[c] ? leastFifo : 0);
    }
    const int64_t depth = leastDepth(least, most, [&](int64_t tried) { return keepsUp(cut(channels, tried)); });
    depths = cut(channels, depth);
    return depth;
  }
};

/// Depths of the groups that a few layers need; none of a design that has no more layers. Words of control are not
/// among them: the deeper the layer, the more wait.
std::map<std::string, int64_t> guess(const Netlist &netlist, int64_t context) {
  std::map<std::string, int64_t> found;
  const std::optional<Netlist> few = fewerLayers(netlist, searchedLayers);
  if (!few)
    return found;
  Search search(*few, context);
  for (const auto &[name, channels] : search.groups())
    if (name != wordsGroup)
      found[name] = search.reduce(channels);
  return found;
}

} // namespace

void reduceDepths(Netlist &netlist, int64_t context) {
  std::map<std::string, int64_t> guessed = guess(netlist, context);
  Search search(netlist, context);
  const auto groups = search.groups();
  // What few layers need is enough for all of them, or twice as much is...
  for (bool enough = guessed.empty(); !enough;) {
    std::vector<int64_t> tried = search.depths;
    for (const auto &[name, channels] : groups)
      if (const auto depth = guessed.find(name); depth != guessed.end())
        for (size_t c : channels)
          tried[c] = search.cut({c}, depth->second)[c];
    enough = tried == search.depths || search.keepsUp(tried);
    for (auto &[name, depth] : guessed)
      depth = std::max(leastFifo, 2 * depth);
    if (enough)
      search.depths = tried;
  }
  // ... and what is left is searched on the design itself.
  for (const auto &[name, channels] : groups)
    if (!guessed.count(name))
      search.reduce(channels);
  const DepthCycles least = depthCycles(netlist, search.workload, search.depths);
  for (size_t c = 0; c < search.depths.size(); ++c) // never full with a beat more than it ever holds
    netlist.channels[c].depth =
        search.depths[c] == 0 ? 0 : std::min(netlist.channels[c].depth, std::max(leastFifo, least.mostFill[c] + 1));
}

LeastDepths leastDepths(const Netlist &netlist, int64_t context, size_t channel, int64_t generous) {
  const DepthWorkload workload = depthWorkload(netlist, context);
  const auto with = [&](int64_t depth) {
    std::vector<int64_t> depths = depthsOf(netlist);
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
