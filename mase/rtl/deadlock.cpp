// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "mase/rtl/deadlock.h"

#include <fmt/format.h>

namespace mase {
namespace {

/// The waits that a run ends in; none if it does not get stuck.
std::optional<std::vector<DataflowWait>> run(const Netlist &netlist, const std::vector<DataflowRow> &rows,
                                             const std::vector<int64_t> &depths) {
  DataflowSimulation simulation(netlist, depths);
  int64_t wanted = 0;
  for (const DataflowRow &row : rows) {
    simulation.feed(row.position, row.wanted, row.last);
    wanted += row.wanted ? 1 : 0;
  }
  if (simulation.runUntil(wanted))
    return std::nullopt;
  return simulation.stuck();
}

std::string nameOf(const Netlist &netlist, int instance) {
  return netlist.instances[static_cast<size_t>(instance)].name;
}

std::string nameOf(const Netlist &netlist, int64_t channel) {
  const NetChannel &net = netlist.channels[static_cast<size_t>(channel)];
  return fmt::format("{} -> {}", nameOf(netlist, net.from), nameOf(netlist, net.to));
}

} // namespace

std::optional<Deadlock> findDeadlock(const Netlist &netlist, const std::vector<DataflowRow> &rows) {
  std::vector<int64_t> depths;
  for (const NetChannel &channel : netlist.channels)
    depths.push_back(channel.depth);
  auto waits = run(netlist, rows, depths);
  if (!waits)
    return std::nullopt;
  Deadlock deadlock = {*waits, {}};
  // Full ones of the cycle lose their limit, one after the other, until it runs.
  std::vector<size_t> raised;
  while (waits) {
    size_t next = depths.size();
    for (const DataflowWait &wait : *waits)
      if (wait.isFull && depths[static_cast<size_t>(wait.channel)] != DataflowSimulation::unlimited)
        next = std::min(next, static_cast<size_t>(wait.channel));
    if (next == depths.size())
      return deadlock; // no FIFO frees it
    depths[next] = DataflowSimulation::unlimited;
    raised.push_back(next);
    waits = run(netlist, rows, depths);
  }
  for (size_t channel : raised) {
    const auto runs = [&](int64_t depth) {
      depths[channel] = depth;
      return !run(netlist, rows, depths);
    };
    int64_t low = std::max<int64_t>(netlist.channels[channel].depth + 1, 2), high = low;
    while (!runs(high))
      high *= 2;
    while (low < high) {
      const int64_t middle = low + (high - low) / 2;
      if (runs(middle))
        high = middle;
      else
        low = middle + 1;
    }
    depths[channel] = high;
    deadlock.frees.emplace_back(static_cast<int64_t>(channel), high);
  }
  return deadlock;
}

std::string describe(const Deadlock &deadlock, const Netlist &netlist) {
  std::string text;
  for (const DataflowWait &wait : deadlock.waits) {
    const NetChannel &net = netlist.channels[static_cast<size_t>(wait.channel)];
    const std::string fill = net.depth > 0 ? fmt::format("{} of {} beats", wait.fill, net.depth) : "wires";
    text +=
        fmt::format("{}{} waits for {}, since {} is {} ({})", text.empty() ? "" : "; ",
                    nameOf(netlist, wait.isFull ? net.from : net.to), nameOf(netlist, wait.isFull ? net.to : net.from),
                    nameOf(netlist, wait.channel), wait.isFull ? "full" : "empty", fill);
  }
  for (const auto &[channel, depth] : deadlock.frees)
    text += fmt::format("; {} needs {} beats", nameOf(netlist, channel), depth);
  return text;
}

int64_t longestQuiet(const Netlist &netlist, int64_t context) {
  int64_t longest = 0;
  for (const NetInstance &instance : netlist.instances) {
    const ModuleTiming &timing = instance.module.timing;
    longest =
        std::max(longest, rowTicks(timing, context - 1) + timing.stages + timing.queue.delay + timing.queue.registers);
  }
  return longest + 8; // a FIFO's latency and a row that is let in
}

} // namespace mase
